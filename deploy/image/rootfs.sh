#!/bin/sh
# Builds the root of the image: a Java runtime with the modules that Synod needs, the jars, their
# native libraries, and the parts of the C library that those link to. It has no shell and no
# package manager.
#
#   deploy/image/rootfs.sh TARGET_DIR
#
# Needs a built sidecar (mvn package) and a JDK, 17 or newer: $JAVA_HOME, or the java on PATH.
set -eu

fail() {
  echo "rootfs.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: rootfs.sh TARGET_DIR"
repo=$(cd "$(dirname "$0")/../.." && pwd)
built=$repo/sidecar/target
jar=$(find "$built" -maxdepth 1 -name 'synod-sidecar-*.jar' 2>/dev/null | head -n 1)
[ -n "$jar" ] && [ -d "$built/lib" ] || fail "the sidecar is not built: mvn -DskipTests package"
mkdir -p "$1"
root=$(cd "$1" && pwd)
[ -z "$(ls -A "$root")" ] || fail "$1 is not empty"

jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
[ -x "$jdk/bin/jlink" ] || fail "no jlink in $jdk: a JDK is needed, not a runtime alone"
major=$("$jdk/bin/jlink" --version | cut -d. -f1)
home=$root/opt/synod
mkdir -p "$home/lib" "$home/native" "$root/etc" "$root/tmp" "$root/proc" "$root/sys" "$root/dev"

modules=java.base,java.logging,java.management,java.naming,java.xml
modules=$modules,jdk.jfr,jdk.management,jdk.unsupported
[ "$major" -ge 22 ] || modules=$modules,jdk.crypto.ec
compress=zip-6
[ "$major" -ge 21 ] || compress=2
"$jdk/bin/jlink" --add-modules "$modules" --output "$home/jre" --compress="$compress" \
  --strip-java-debug-attributes --no-header-files --no-man-pages
# The class data archive of the runtime, which shortens the start by a third.
"$home/jre/bin/java" -Xshare:dump -XX:+UseSerialGC >/dev/null 2>&1 || fail "cannot dump the CDS archive"

cp "$jar" "$home/synod.jar"
cp "$built"/lib/*.jar "$home/lib/"

# The root is read-only at run time, so native libraries are unpacked now.
case $(uname -m) in
  x86_64) netty=x86_64 ;;
  aarch64) netty=aarch_64 ;;
  *) fail "no native libraries for $(uname -m)" ;;
esac
unpack() {
  (cd "$home/native" && "$jdk/bin/jar" --extract --file "$1" "$2" && mv "$2" .) ||
    fail "$1 holds no $2"
  [ -f "$home/native/$(basename "$2")" ] || fail "$1 holds no $2"
}
shaded=$(find "$home/lib" -name 'grpc-netty-shaded-*.jar')
unpack "$shaded" "META-INF/native/libio_grpc_netty_shaded_netty_tcnative_linux_$netty.so"
unpack "$shaded" "META-INF/native/libio_grpc_netty_shaded_netty_transport_native_epoll_$netty.so"
rm -r "$home/native/META-INF"

# Copies the libraries that they link to, to the paths where the loader finds them.
{
  find "$home/jre/lib" "$home/native" -name '*.so'
  echo "$home/jre/bin/java"
} | while read -r binary; do
  LD_LIBRARY_PATH=$home/jre/lib:$home/jre/lib/server ldd "$binary" 2>/dev/null
done | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | sort -u |
  while read -r library; do
    case $library in "$root"/*) continue ;; esac
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
# The C library opens these libraries by itself to resolve host names.
for name in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
  library=$(ldconfig -p 2>/dev/null | awk -v name="$name" '$1 == name { print $NF; exit }')
  [ -z "$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
done

echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo 'synod:x:65532:65532:synod:/:/sbin/nologin' >"$root/etc/passwd"
echo 'synod:x:65532:' >"$root/etc/group"

chmod -R u+rwX,go+rX,go-w "$root"
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +

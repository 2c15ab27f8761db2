#!/bin/sh
# Builds the image without a daemon and without a base image, with buildah; needs no root.
#
#   deploy/image/build.sh [NAME[:TAG]]      default: localhost/synod:VERSION
#
# The Dockerfile beside this builds the same with docker or podman build.
set -eu

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

command -v buildah >/dev/null || fail "buildah is needed: apt-get install buildah"
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' "$repo/pom.xml" | head -n 1)
revision=$(git -C "$repo" rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
image=${1:-localhost/synod:$version}

# The same commit gives the same image.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repo" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

(cd "$repo" && mvn -q -pl sidecar -am -Dmaven.test.skip=true -Dsynod.revision="$revision" package)

work=$(mktemp -d)
container=
cleanup() {
  [ -z "$container" ] || buildah rm "$container" >/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
"$here/rootfs.sh" "$work/root"
mkdir "$work/data"
chmod 700 "$work/data"

container=$(buildah from scratch)
buildah copy -q --chown 0:0 "$container" "$work/root" / >/dev/null
buildah copy -q --chown 65532:65532 "$container" "$work/data" /var/lib/synod >/dev/null
# The same lines as the Dockerfile ends with; a test compares them.
buildah config \
  --user 65532:65532 \
  --workingdir / \
  --env SYNOD_DATA=/var/lib/synod \
  --volume /var/lib/synod \
  --port 7402/tcp --port 7403/tcp \
  --stop-signal SIGTERM \
  --label org.opencontainers.image.title=synod \
  --label org.opencontainers.image.version="$version" \
  --label org.opencontainers.image.revision="$revision" \
  --entrypoint '["/opt/synod/jre/bin/java", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "-XX:MaxRAMPercentage=50", "-XX:MaxGCPauseMillis=10", "-XX:+UnlockExperimentalVMOptions", "-XX:G1NewSizePercent=3", "-XX:G1MaxNewSizePercent=5", "-Djava.library.path=/opt/synod/native", "-jar", "/opt/synod/synod.jar"]' \
  --cmd '["serve"]' \
  "$container"
buildah commit -q --timestamp "$SOURCE_DATE_EPOCH" "$container" "$image" >/dev/null
echo "$image"

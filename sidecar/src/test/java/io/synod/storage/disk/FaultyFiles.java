package io.synod.storage.disk;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file system provider that injects faults below the storage's own file classes: it forwards to
 * the real files, but writes and reads in parts, fails a sync, and records all calls.
 */
final class FaultyFiles extends FileSystemProvider implements FaultyChannel.Faults {
  private final FileSystemProvider real;
  private final FileSystem system;
  private final List<String> calls = new ArrayList<>();
  private int bytesAtOnce = Integer.MAX_VALUE;
  private int syncsUntilFailure = -1;

  private FaultyFiles(Path below) {
    this.real = below.getFileSystem().provider();
    this.system = new FaultyFileSystem(below.getFileSystem(), this);
  }

  /** Creates a provider for files below {@code directory}; {@link #of} gives their paths. */
  static FaultyFiles below(Path directory) {
    return new FaultyFiles(directory);
  }

  /** The path to a file through this provider. */
  Path of(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            Real.class.getClassLoader(), new Class<?>[] {Path.class, Real.class}, handler(path));
  }

  /** A path of this provider, which wraps a real path. */
  interface Real {
    Path realPath();
  }

  private java.lang.reflect.InvocationHandler handler(Path path) {
    return (self, method, arguments) ->
        switch (method.getName()) {
          case "realPath" -> path;
          case "getFileSystem" -> system;
          default -> passed(path, method, arguments);
        };
  }

  private Object passed(Path path, Method method, Object[] arguments) throws Throwable {
    Object[] reals = arguments == null ? null : arguments.clone();
    for (int i = 0; reals != null && i < reals.length; i++) {
      reals[i] = reals[i] instanceof Real other ? other.realPath() : reals[i];
    }
    try {
      Object result = method.invoke(path, reals);
      return result instanceof Path found ? of(found) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Path real(Path path) {
    return path instanceof Real faulty ? faulty.realPath() : path;
  }

  void writeAtOnce(int bytes) {
    bytesAtOnce = bytes;
  }

  @Override
  public int bytesAtOnce() {
    return bytesAtOnce;
  }

  /** Fails the one sync that follows this many others. */
  void failSyncAfter(int others) {
    syncsUntilFailure = others;
  }

  @Override
  public boolean failsNextSync() {
    return syncsUntilFailure >= 0 && syncsUntilFailure-- == 0;
  }

  @Override
  public void called(String what) {
    calls.add(what);
  }

  /** The recorded calls, in order. */
  List<String> calls() {
    return calls;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    FileChannel channel = real.newFileChannel(real(path), options, attributes);
    return new FaultyChannel(channel, this, String.valueOf(path.getFileName()));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    return real.newDirectoryStream(real(directory), filter);
  }

  @Override
  public void delete(Path path) throws IOException {
    called("delete " + path.getFileName());
    real.delete(real(path));
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) throws IOException {
    called("move " + from.getFileName());
    real.move(real(from), real(to), options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(real(path), type, options);
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(real(path), modes);
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}

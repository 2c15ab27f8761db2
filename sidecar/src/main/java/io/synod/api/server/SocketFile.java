package io.synod.api.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a Unix socket. A file left by a dead process is removed, one in use is not. */
final class SocketFile {
  private SocketFile() {}

  /** Removes a stale socket file from the path. */
  static void clear(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean socket =
        Files.readAttributes(
                path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isOther();
    if (!socket) {
      throw new IOException(path + " exists and is not a socket");
    }
    if (answers(path)) {
      throw new IOException(path + " is in use by another process");
    }
    Files.delete(path);
  }

  /** Allows the owner and the group to connect, since the application may run as another user. */
  static void restrict(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
  }

  /** Removes the file once the server has stopped. */
  static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException left) {
      // The next start removes it.
      return;
    }
  }

  private static boolean answers(Path path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (java.net.ConnectException refused) {
      return false;
    }
  }
}

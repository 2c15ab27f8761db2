package io.synod.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Finds the process at the other end of a connection on loopback, by Linux's {@code /proc}. */
final class SocketOwners {
  /** The columns of {@code /proc/net/tcp} that hold the own address, the peer's and the inode. */
  private static final int LOCAL = 1;

  private static final int REMOTE = 2;
  private static final int INODE = 9;

  private SocketOwners() {}

  /** Throws if this system has no {@code /proc} that lists sockets. */
  static void require() throws IOException {
    if (!Files.isReadable(Path.of("/proc/net/tcp"))) {
      throw new IOException("only Linux shows which process a connection belongs to");
    }
  }

  /**
   * The index of the process that has a socket from one local port to another; -1 if none of them
   * has.
   */
  static int find(List<ProcessHandle> processes, int from, int to) throws IOException {
    OptionalLong inode = OptionalLong.empty();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (inode.isEmpty() && Files.isReadable(Path.of(table))) {
        inode = inode(Files.readAllLines(Path.of(table)), from, to);
      }
    }
    if (inode.isEmpty()) {
      return -1;
    }
    for (int i = 0; i < processes.size(); i++) {
      long wanted = inode.getAsLong();
      ProcessHandle process = processes.get(i);
      // A launcher may be a script with the server as its child.
      if (Stream.concat(Stream.of(process), process.descendants())
          .anyMatch(one -> hasSocket(one.pid(), wanted))) {
        return i;
      }
    }
    return -1;
  }

  /** The inode of the socket from one port to another, in the lines of {@code /proc/net/tcp}. */
  static OptionalLong inode(List<String> lines, int from, int to) {
    return lines.stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(columns -> columns.length > INODE)
        .filter(columns -> has(columns[LOCAL], from) && has(columns[REMOTE], to))
        .mapToLong(columns -> Long.parseLong(columns[INODE]))
        .filter(inode -> inode != 0)
        .findFirst();
  }

  private static boolean has(String address, int port) {
    return address.endsWith(String.format(":%04X", port));
  }

  private static boolean hasSocket(long pid, long inode) {
    String wanted = "socket:[" + inode + "]";
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return open.anyMatch(file -> target(file).equals(wanted));
    } catch (IOException ended) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}

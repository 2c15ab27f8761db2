package io.synod.cli.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The processes of one command: those in its session, those that carry its mark in their
 * environment, wherever they went, and the children of either.
 *
 * <p>What is not found has left the session, has cleaned its environment, and has lost its parent,
 * all three: some daemons do, and what another service was asked to start never was the command's.
 */
final class CommandProcesses {
  private static final Path PROC = Path.of("/proc");

  private final long session;
  private final String mark;

  /** Those of the session with this leader, or marked so. */
  CommandProcesses(long session, String mark) {
    this.session = session;
    this.mark = mark + "=";
  }

  /** Those that have not ended; a parent comes before its children. */
  List<ProcessHandle> alive() {
    List<Entry> all = entries();
    Set<Long> ours = new HashSet<>();
    for (Entry entry : all) {
      if (entry.session == session || isMarked(entry.pid)) {
        ours.add(entry.pid);
      }
    }
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Entry entry : all) {
        if (ours.contains(entry.parent)) {
          grown |= ours.add(entry.pid);
        }
      }
    }
    List<ProcessHandle> alive = new ArrayList<>();
    for (Entry entry : all) {
      if (ours.contains(entry.pid)) {
        alive.add(entry.handle);
      }
    }
    alive.sort(ProcessHandle::compareTo);
    alive.sort((one, two) -> Boolean.compare(two.pid() == session, one.pid() == session));
    return alive;
  }

  private static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> pids = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path pid : pids) {
        Entry.read(Long.parseLong(pid.getFileName().toString()), entries);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list processes: " + e.getMessage(), e);
    }
    return entries;
  }

  private boolean isMarked(long pid) {
    try {
      byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
      return new String(environment, StandardCharsets.ISO_8859_1).contains(mark);
    } catch (IOException e) {
      // It ended, or is another user's.
      return false;
    }
  }

  private record Entry(long pid, long parent, long session, ProcessHandle handle) {
    static void read(long pid, List<Entry> into) {
      // The handle first: it knows its process by its start, and so never means a later one.
      ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
      if (handle == null) {
        return;
      }
      try {
        String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
        // Behind the name in brackets: state, parent, process group, session.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
        if (!fields[0].equals("Z") && !fields[0].equals("X")) {
          into.add(new Entry(pid, Long.parseLong(fields[1]), Long.parseLong(fields[3]), handle));
        }
      } catch (IOException e) {
        // It ended meanwhile.
      }
    }
  }
}

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
 * The processes of one command: those in its session, those with its mark in their environment, and
 * the children of either.
 *
 * <p>A process is not found if it has left the session, has cleaned its environment, and has lost
 * its parent, as some daemons do. Processes started by another service on request are not the
 * command's.
 */
final class CommandProcesses {
  private static final Path PROC = Path.of("/proc");

  private final long session;
  private final String mark;

  /** The processes of the session with this leader, and those with this mark. */
  CommandProcesses(long session, String mark) {
    this.session = session;
    this.mark = mark + "=";
  }

  /** The processes that are alive; a parent comes before its children. */
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
      // The process ended, or belongs to another user.
      return false;
    }
  }

  private record Entry(long pid, long parent, long session, ProcessHandle handle) {
    static void read(long pid, List<Entry> into) {
      // The handle is taken first: it includes the start time, so it never refers to a later
      // process.
      ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
      if (handle == null) {
        return;
      }
      try {
        String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
        // After the name in brackets: state, parent, process group, session.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
        if (!fields[0].equals("Z") && !fields[0].equals("X")) {
          into.add(new Entry(pid, Long.parseLong(fields[1]), Long.parseLong(fields[3]), handle));
        }
      } catch (IOException e) {
        // The process ended meanwhile.
      }
    }
  }
}

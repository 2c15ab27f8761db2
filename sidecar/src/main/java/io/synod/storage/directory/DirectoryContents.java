package io.synod.storage.directory;

import io.synod.storage.disk.DirectoryException;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.sealed.MapDbSegmentStore;
import io.synod.storage.tail.Superblock;
import io.synod.storage.tail.TailFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What a data directory holds before it is opened: files of Synod, and files of others. Only a
 * superblock or a file of the tail shows that Synod used a directory, since any other program may
 * name something {@code lock} or {@code segments}. Nothing is changed here.
 */
final class DirectoryContents {
  private static final Logger LOG = Logger.getLogger(DirectoryContents.class.getName());
  private static final int NAMED_MAX = 10;
  // What a file system puts at its root.
  private static final String LOST_AND_FOUND = "lost+found";

  private final Path directory;
  private final List<String> foreign = new ArrayList<>();
  // Of Synod if the directory is, and otherwise perhaps of others: what may be written over.
  private final List<String> doubtful = new ArrayList<>();
  private boolean used;

  private DirectoryContents(Path directory) {
    this.directory = directory;
  }

  /**
   * Refuses a directory that Synod never used and that holds files of others: it may be meant for
   * something else. In a directory of Synod they are named once and left alone.
   *
   * @throws DirectoryException if it is refused, or cannot be read
   */
  static void refuseForeign(Path directory) {
    DirectoryContents contents = new DirectoryContents(directory);
    try {
      contents.read();
    } catch (IOException e) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " cannot be read: "
              + FileErrorReason.of(directory.toString(), e),
          e);
    }
    contents.refuseUnused();
    contents.nameForeign();
  }

  private void read() throws IOException {
    for (Path file : sorted(directory)) {
      String name = file.getFileName().toString();
      boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      if (name.equals(Superblock.NAME) || TailFile.sequenceOf(name) != null) {
        used |= regular;
      } else if (name.equals(DirectoryLock.NAME)) {
        addDoubtful(!regular || !DirectoryLock.isOurs(file), name);
      } else if (name.equals(DataDirectory.SEGMENTS)) {
        readSegments(file);
      } else if (!name.equals(LOST_AND_FOUND)) {
        foreign.add(name);
      }
    }
  }

  /** A process that ended while it made a directory left at most an empty one. */
  private void readSegments(Path segments) throws IOException {
    if (!Files.isDirectory(segments)) {
      doubtful.add(DataDirectory.SEGMENTS);
      return;
    }
    boolean holds = false;
    for (Path file : sorted(segments)) {
      String name = file.getFileName().toString();
      holds |= !isHidden(name);
      if (!MapDbSegmentStore.isOurs(name)) {
        foreign.add(DataDirectory.SEGMENTS + "/" + name);
      }
    }
    addDoubtful(holds, DataDirectory.SEGMENTS);
  }

  private void addDoubtful(boolean others, String name) {
    if (others) {
      doubtful.add(name);
    }
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /** What a file system or a backup hides there says nothing of whose directory it is. */
  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  private void refuseUnused() {
    List<String> shown =
        Stream.concat(doubtful.stream(), foreign.stream())
            .filter(name -> !isHidden(name))
            .sorted()
            .toList();
    if (!used && !shown.isEmpty()) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " has no superblock, so it was never used by Synod, and holds files,"
              + " the first being "
              + shown.get(0)
              + ": give an empty directory, or remove them");
    }
  }

  private void nameForeign() {
    if (!foreign.isEmpty()) {
      LOG.warning(
          () ->
              "data directory "
                  + directory
                  + " holds files that are not Synod's, which are left alone: "
                  + String.join(", ", foreign.subList(0, Math.min(NAMED_MAX, foreign.size())))
                  + (foreign.size() > NAMED_MAX ? " and others" : ""));
    }
  }
}

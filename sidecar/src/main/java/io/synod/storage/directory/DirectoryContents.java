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
import org.jspecify.annotations.Nullable;

/**
 * The contents of a data directory before it is opened: files of Synod, and foreign files. Only a
 * superblock or a file of the tail proves that Synod used a directory, since any other program may
 * name a file {@code lock} or {@code segments}. It changes nothing.
 */
public final class DirectoryContents {
  private static final Logger LOG = Logger.getLogger(DirectoryContents.class.getName());
  private static final int NAMED_MAX = 10;
  // Created by file systems at their root.
  private static final String LOST_AND_FOUND = "lost+found";

  private final Path directory;
  private final List<String> foreign = new ArrayList<>();
  // Files of Synod if the directory is, and otherwise perhaps foreign: names that Synod would
  // overwrite.
  private final List<String> doubtful = new ArrayList<>();
  // A file that proves that Synod used the directory; null if there is none.
  private @Nullable String proof;

  private DirectoryContents(Path directory) {
    this.directory = directory;
  }

  /**
   * Refuses a directory that Synod never used and that holds foreign files: it may be meant for
   * something else. In a directory of Synod they are logged once and left alone.
   *
   * @throws DirectoryException if it is refused, or cannot be read
   */
  static void refuseForeign(Path directory) {
    DirectoryContents contents = read(directory);
    contents.refuseUnused();
    contents.nameForeign();
  }

  /**
   * Reads the names in {@code directory}, which must exist.
   *
   * @throws DirectoryException if it cannot be read
   */
  public static DirectoryContents read(Path directory) {
    DirectoryContents contents = new DirectoryContents(directory);
    try {
      contents.read();
      return contents;
    } catch (IOException e) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " cannot be read: "
              + FileErrorReason.of(directory.toString(), e),
          e);
    }
  }

  /** Whether a sidecar has used the directory. */
  public boolean isUsed() {
    return proof != null;
  }

  /** The names of foreign files, sorted. */
  public List<String> foreign() {
    return List.copyOf(foreign);
  }

  private void read() throws IOException {
    for (Path file : sorted(directory)) {
      String name = file.getFileName().toString();
      boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      if (name.equals(Superblock.NAME) || TailFile.sequenceOf(name) != null) {
        proof = regular && proof == null ? name : proof;
      } else if (name.equals(DirectoryLock.NAME)) {
        addDoubtful(!regular || !DirectoryLock.isOurs(file), name);
      } else if (name.equals(DataDirectory.SEGMENTS)) {
        readSegments(file);
      } else if (!name.equals(LOST_AND_FOUND)) {
        foreign.add(name);
      }
    }
  }

  /** A process that ended while it created a directory left at most an empty one. */
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

  /** Hidden files of a file system or a backup do not show whose directory it is. */
  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  /** The files that a directory may not hold of which Synod makes a data directory. */
  private List<String> unexpected() {
    return Stream.concat(doubtful.stream(), foreign.stream())
        .filter(name -> !isHidden(name))
        .sorted()
        .toList();
  }

  /**
   * Refuses a directory in which there is anything but what a sidecar or a restore left that ended
   * at its begin.
   *
   * @throws DirectoryException if it is refused
   */
  void mustBeEmpty() {
    List<String> shown = proof == null ? unexpected() : List.of(proof);
    if (!shown.isEmpty()) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " is not empty: it holds "
              + shown.get(0)
              + "; restore into an empty one");
    }
  }

  private void refuseUnused() {
    List<String> shown = unexpected();
    if (!isUsed() && !shown.isEmpty()) {
      throw new DirectoryException(
          "data directory "
              + directory
              + " holds foreign files and no superblock of Synod;"
              + " the first file is "
              + shown.get(0)
              + ": choose an empty directory, or remove the files");
    }
  }

  private void nameForeign() {
    if (!foreign.isEmpty()) {
      LOG.warning(
          () ->
              "data directory "
                  + directory
                  + " holds foreign files, which are left alone: "
                  + String.join(", ", foreign.subList(0, Math.min(NAMED_MAX, foreign.size())))
                  + (foreign.size() > NAMED_MAX ? " and others" : ""));
    }
  }
}

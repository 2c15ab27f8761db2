package io.synod.storage.offline;

/** A file of the tail. */
public record TailEntry(String name, long bytes, Use use) {

  /** The use of a file. */
  public enum Use {
    /** It is part of the log. */
    LOG,
    /** It holds no frame. */
    SPARE,
    /** Its slots are sealed: a start removes it. */
    SEALED
  }
}

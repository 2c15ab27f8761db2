package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to the snapshots that applications provide of their own state, each identified by its
 * consumer and the index at which it was taken. Any thread may call any method.
 */
public interface AppSnapshots {

  /** Begins to write one; once sealed, it replaces one of the same consumer and index. */
  StreamWriter stage(String consumer, long index);

  /**
   * A snapshot, which the caller must close; null if it is not here.
   *
   * @throws JournalException if it is damaged
   */
  @Nullable StreamReader open(String consumer, long index);

  /** The snapshots that are not known to be damaged, of each consumer by ascending index. */
  List<Blob> list();

  /** All snapshots that take space here, readable or not. */
  List<Sealed> sealed();

  /** The name for a consumer's snapshots in {@link #sealed}. */
  String group(String consumer);

  /** Removes one, unless another was sealed in its place since. */
  void delete(Sealed which);

  /** A stored snapshot. */
  record Blob(String consumer, long index, long bytes, Bytes sha256) {}

  /**
   * The place of a stored snapshot.
   *
   * @param seal distinguishes it from a later one in the same place
   */
  record Sealed(String group, long index, long seal) {}
}

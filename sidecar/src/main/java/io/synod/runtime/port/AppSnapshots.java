package io.synod.runtime.port;

import io.synod.paxos.value.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to the snapshots that applications hand over of their own state, each by the name of its
 * consumer and the index it was taken at. Any thread may call any method.
 */
public interface AppSnapshots {

  /** Begins to take one; it replaces one of the same consumer and index once it is sealed. */
  StreamWriter stage(String consumer, long index);

  /**
   * One that is here, to be closed by whoever asked; null if it is not here.
   *
   * @throws JournalException if it is damaged
   */
  @Nullable StreamReader open(String consumer, long index);

  /** What is here and not known to be damaged, of each consumer by rising index. */
  List<Blob> list();

  /** All that takes room here, whether it can be read or not. */
  List<Sealed> sealed();

  /** What a consumer's are known by in {@link #sealed}. */
  String shelf(String consumer);

  /** Removes one, unless another was sealed in its place since. */
  void delete(Sealed which);

  /** One that is here. */
  record Blob(String consumer, long index, long bytes, Bytes sha256) {}

  /**
   * Where one is.
   *
   * @param seal what is sealed in its place has another number
   */
  record Sealed(String shelf, long index, long seal) {}
}

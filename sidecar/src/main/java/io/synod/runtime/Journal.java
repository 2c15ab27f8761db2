package io.synod.runtime;

import io.synod.paxos.Recovered;
import io.synod.paxos.Vote;
import io.synod.paxos.Write;
import java.util.List;

/**
 * The port to the disk. {@link #append}, {@link #sync} and {@link #close} belong to the loop's
 * thread; {@link #read}, {@link #votes} and {@link #bytesOnDisk} may be called from any.
 *
 * <p>After any failure the journal refuses everything: a failed sync is never retried, and the
 * process must stop.
 */
public interface Journal extends AutoCloseable {

  /** What was on the disk when this journal was opened. */
  Recovered recovered();

  /** Writes in order. Durable only after the next {@link #sync}. */
  void append(List<Write> writes);

  /** Returns once everything appended is durable. */
  void sync();

  /**
   * Chosen slots, consecutive from {@code from}, at most to {@code through}, and cut once they
   * exceed {@code bytesMax}; at least one if {@code from} is held and not above the last {@link
   * Write.Applied}.
   *
   * @throws JournalException if a record is damaged, naming file and offset
   */
  List<ChosenSlot> read(long from, long through, int bytesMax);

  /** Every vote that is still held for the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The applied slot that holds the command with this index, or the next one that holds any. */
  long slotOfIndex(long index);

  /** Bytes that this journal takes on the disk. */
  long bytesOnDisk();

  @Override
  void close();
}

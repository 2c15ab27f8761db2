package io.synod.runtime.port;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to the disk. {@link #recovered}, {@link #check}, {@link #append}, {@link #sync}, {@link
 * #install} and {@link #close} belong to the loop's thread; the other methods may be called from
 * any.
 *
 * <h2>Snapshots</h2>
 *
 * <p>A snapshot is a stream that is staged and sealed in the background. The log is never trimmed
 * above the newest sealed snapshot, and a snapshot taken here is never above what is recorded as
 * applied, whenever the process ends. A snapshot that was fetched from a peer may be above that;
 * then {@link #install} makes the log continue after it, or else the next opening does.
 *
 * <p>After any failure the journal refuses every operation: a failed sync is never retried, and the
 * process must stop.
 */
public interface Journal extends AutoCloseable {

  /** The state of the disk when this journal was opened. */
  Recovered recovered();

  /**
   * Throws if any operation failed before, on any thread: the process must stop, even if it is
   * idle. It is called in every turn of the loop.
   *
   * @return whether to {@link #sync} although nothing was written: that retries what found no space
   *     on the disk
   */
  boolean check();

  /**
   * Writes in order. The writes are durable only after the next {@link #sync}. Writes for which the
   * disk has no space wait in memory, and later ones wait behind them; appending nothing retries
   * them. A {@link Write.Applied} counts for readers even while it waits.
   *
   * @return whether nothing waits
   */
  boolean append(List<Write> writes);

  /**
   * Returns once everything written is durable.
   *
   * @return whether that is everything appended: if not, no message may be sent that depends on the
   *     rest
   */
  boolean sync();

  /** The last slot that the log records as applied; a mark that waits does not count. */
  long recorded();

  /**
   * Whether the log is nearly full, since the disk has no space for its next file: nothing large
   * should be appended. Everything written remains valid. {@link #sync} retries it when {@link
   * #check} asks for that.
   */
  boolean isFull();

  /**
   * Chosen slots, consecutive from {@code from}, at most to {@code through}, and cut once they
   * exceed {@code bytesMax}; at least one if {@code from} is held and not above the last {@link
   * Write.Applied}.
   *
   * @throws JournalException if a record is damaged, naming file and offset
   */
  List<ChosenSlot> read(long from, long through, int bytesMax);

  /**
   * The proposals of the slots from {@code from} to {@code through}, of which none is applied, cut
   * once they exceed {@code bytesMax}. The caller knows that they are chosen, and appended them.
   *
   * @throws JournalException if a record is damaged, naming file and offset
   */
  List<Proposal> unapplied(long from, long through, int bytesMax);

  /** Every vote that is still held for the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The applied slot that holds the command with this index, or the next one that holds any. */
  long slotOfIndex(long index);

  /** The first slot that is still held; the one after the last if none is. */
  long oldestSlot();

  /** The index of the first command that is still held; the one after the last if none is. */
  long oldestIndex();

  /** Begins a snapshot; once sealed it is the newest, unless there is one of a later slot. */
  StreamWriter stage(SnapshotMark mark);

  /** The newest sealed snapshot, which the caller must close; null if there is none. */
  @Nullable StoredSnapshot snapshot();

  /**
   * Records durably whether the state here, its snapshots and the effects of applied slots are
   * wrong: the next opening of this journal knows it.
   *
   * @return false if files of the wrong state are still being removed, so that they remain recorded
   *     to be wrong; retry soon
   */
  boolean distrust(boolean wrong);

  /** Whether they are recorded to be wrong. */
  boolean isDistrusted();

  /**
   * Makes the log continue after the newest snapshot, which was sealed at {@code mark}: slots up to
   * there are dropped with their effects, promises and later slots stay. It has no effect if a
   * later slot is applied.
   *
   * @return false if a long operation is running; retry soon
   */
  boolean install(SnapshotMark mark);

  /**
   * Removes old slots in whole files, none above the newest sealed snapshot. It may take a while.
   */
  void trim(Retention keep);

  /** The snapshots of applications. */
  AppSnapshots appSnapshots();

  /** Bytes that this journal takes on the disk. */
  long bytesOnDisk();

  @Override
  void close();
}

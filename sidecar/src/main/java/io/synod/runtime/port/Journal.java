package io.synod.runtime.port;

import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The port to the disk. {@link #recovered}, {@link #check}, {@link #append}, {@link #sync}, {@link
 * #install} and {@link #close} belong to the loop's thread; the rest may be called from any.
 *
 * <h2>Snapshots</h2>
 *
 * <p>A snapshot is a stream that is staged and sealed beside the loop. What is trimmed is never
 * above the newest sealed snapshot, and a snapshot taken here never above what is recorded as
 * applied, whenever the process ends. A snapshot that was pulled from a peer may be above that;
 * then {@link #install} makes the log go on behind it, or else the next opening does.
 *
 * <p>After any failure the journal refuses everything: a failed sync is never retried, and the
 * process must stop.
 */
public interface Journal extends AutoCloseable {

  /** What was on the disk when this journal was opened. */
  Recovered recovered();

  /**
   * Throws if anything failed before, for whomever: the process must stop, though it is idle.
   * Called in every turn of the loop.
   *
   * @return whether to {@link #sync} though nothing was written: something found no room on the
   *     disk, and is tried again by that
   */
  boolean check();

  /**
   * Writes in order. Durable only after the next {@link #sync}. What the disk has no room for waits
   * in memory, and what is appended later waits behind it; to append nothing tries it again. A
   * {@link Write.Applied} counts for readers though it waits.
   *
   * @return whether nothing waits
   */
  boolean append(List<Write> writes);

  /**
   * Returns once everything written is durable.
   *
   * @return whether that is everything appended: if not, nothing may be said that rests on the rest
   */
  boolean sync();

  /** The last slot of which the log says that it is applied; a mark that waits counts not. */
  long recorded();

  /**
   * Whether the log nears its end, for the disk has no room for its next file: nothing large should
   * be appended. Nothing that was written is in doubt. It is tried again, by {@link #sync} once
   * {@link #check} says so.
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

  /** Every vote that is still held for the slot, oldest first. */
  List<Vote> votes(long slot);

  /** The applied slot that holds the command with this index, or the next one that holds any. */
  long slotOfIndex(long index);

  /** The first slot that is still held, or would be: that after the last one if none is. */
  long oldestSlot();

  /** The index of the first command that is still held, or would be. */
  long oldestIndex();

  /** Begins a snapshot; once it is sealed it is the newest, unless there is one of a later slot. */
  StreamWriter stage(SnapshotMark mark);

  /** The newest sealed snapshot, to be closed by whoever asked; null if there is none. */
  @Nullable StoredSnapshot snapshot();

  /**
   * The log goes on behind the newest snapshot, which was sealed at {@code mark}: what is held up
   * to there is dropped, promises and everything above stay. Changes nothing if so much is applied.
   *
   * @return false if something that takes long is under way; ask again soon
   */
  boolean install(SnapshotMark mark);

  /** Removes old slots in whole files, none above the newest sealed snapshot. May take a while. */
  void trim(Retention keep);

  /** What applications hand over. */
  AppSnapshots appSnapshots();

  /** Bytes that this journal takes on the disk. */
  long bytesOnDisk();

  @Override
  void close();
}

package io.synod.storage;

import io.synod.paxos.Ballot;
import io.synod.paxos.Check;
import io.synod.paxos.Formation;
import io.synod.paxos.Proposal;
import io.synod.paxos.Recovered;
import io.synod.paxos.Vote;
import io.synod.paxos.Write;
import io.synod.runtime.ChosenSlot;
import io.synod.runtime.Clock;
import io.synod.runtime.Journal;
import io.synod.runtime.JournalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The journal: a {@link Superblock}, a {@link TailLog} that is appended to, and an {@link Archive}
 * of what was applied. A file of the tail is sealed once its slots are applied, and removed once
 * they are sealed.
 *
 * <p>The first failure of the disk, on whatever thread, is kept and thrown from then on: what a
 * failed sync left on the disk is unknown, so nothing more is promised on it.
 */
public final class DurableJournal implements Journal {
  private final Disk disk;
  private final Archive archive;
  private final Clock clock;
  private final Superblock superblock;
  private final TailIndex index;
  private final TailLog tail;
  private final Sealer sealer;
  private final AtomicReference<@Nullable JournalException> failure = new AtomicReference<>();
  private @Nullable Recovered recovered;
  private volatile boolean closed;
  // What must outlive every file of the tail. [DURABLE]
  private Ballot promised;
  private @Nullable Formation agreed;
  private boolean formed;

  /** What a journal is made of. */
  private record Parts(
      Disk disk, Archive archive, Clock clock, Superblock superblock, StorageSettings settings) {}

  private DurableJournal(Parts parts, Executor executor) throws IOException {
    this.disk = parts.disk;
    this.archive = parts.archive;
    this.clock = parts.clock;
    this.superblock = parts.superblock;
    Superblock.State known = superblock.state();
    this.promised = Ballot.NONE;
    this.index = new TailIndex(archive.through(), archive.commands());
    long fileBytes = parts.settings.tailFileBytes();
    long cluster = superblock.identity().cluster();
    this.tail =
        new TailLog.Builder(disk, cluster, fileBytes, this::remember, this::carried).open(known);
    this.sealer = new Sealer(tail, index, archive, executor, this::fail);
    if (known.floor().above(promised)) {
      throw new JournalException(
          disk.path(Superblock.NAME)
              + " knows of a promise of "
              + known.floor()
              + " but the tail holds only "
              + promised);
    }
    this.recovered = recover();
  }

  /**
   * Opens the journal on {@code disk}, which is made its own if it is empty. The journal closes
   * both.
   *
   * @param identity whose disk it must be
   * @throws DirectoryException if the disk is of another cluster or node
   * @throws JournalException if it cannot be read, or is damaged
   */
  public static DurableJournal open(
      Disk disk, Archive archive, Identity identity, StorageSettings settings, Runner runner) {
    try {
      boolean empty = archive.through() == 0 && !Superblock.hasTail(disk);
      Superblock superblock = Superblock.open(disk, identity, empty);
      long sealed = superblock.state().sealed();
      if (archive.through() < sealed) {
        throw new JournalException(
            disk.path("")
                + ": slots up to "
                + sealed
                + " were sealed, but the archive ends at "
                + archive.through());
      }
      Parts parts = new Parts(disk, archive, runner.clock(), superblock, settings);
      return new DurableJournal(parts, runner.executor());
    } catch (IOException e) {
      throw new JournalException(said(disk, e), e);
    }
  }

  /**
   * What a journal runs on.
   *
   * @param clock stamps records; it decides nothing
   * @param executor runs what takes long, one task at a time, and must run what it is given
   */
  public record Runner(Clock clock, Executor executor) {}

  /** The identity of this disk: the one it was given first. */
  public long incarnation() {
    return superblock.identity().incarnation();
  }

  private Recovered recover() throws IOException {
    List<Proposal> accepted = new ArrayList<>();
    for (TailIndex.Slot slot : index.above(archive.through())) {
      accepted.add(slot.highest().proposal());
    }
    return new Recovered(
        promised,
        archive.through(),
        archive.commands(),
        List.copyOf(accepted),
        index.applied(),
        agreed,
        formed);
  }

  /** What was on the disk; may be asked until the first {@link #append}. */
  @Override
  public Recovered recovered() {
    if (recovered == null) {
      throw new IllegalStateException("what was recovered is known only until the first append");
    }
    return recovered;
  }

  @Override
  public void append(List<Write> writes) {
    refuseAfterFailure();
    recovered = null;
    if (writes.isEmpty()) {
      return;
    }
    refuseGaps(writes);
    try {
      tail.append(writes, clock.wallMillis());
    } catch (IOException e) {
      throw fail(new JournalException(said(disk, e), e));
    }
  }

  @Override
  public void sync() {
    refuseAfterFailure();
    try {
      tail.sync();
      List<TailFile> retired = sealer.retire();
      Superblock.State known = superblock.state();
      if (tail.newest() != known.newest() || tail.oldest() != known.oldest()) {
        superblock.write(
            new Superblock.State(promised, tail.oldest(), tail.newest(), archive.through()));
      }
      sealer.run(retired);
    } catch (IOException e) {
      throw fail(new JournalException(said(disk, e), e));
    }
    refuseAfterFailure();
  }

  /** A mark of applied slots that are not here would make the disk unreadable: never write it. */
  private void refuseGaps(List<Write> writes) {
    Set<Long> added = new HashSet<>();
    long applied = index.applied();
    for (Write write : writes) {
      if (write instanceof Write.Accepted accepted) {
        added.add(accepted.proposal().slot());
      } else if (write instanceof Write.Learned learned) {
        added.add(learned.proposal().slot());
      } else if (write instanceof Write.Applied mark) {
        for (; applied < mark.through(); applied++) {
          boolean held = added.contains(applied + 1) || index.get(applied + 1) != null;
          Check.that(held, "a slot is applied that is not on this disk", applied + 1, 0);
        }
      }
    }
  }

  /** Takes note of a record that is on the disk, just written or found. */
  private void remember(Write write, Placed placed) {
    if (write instanceof Write.Promised promise) {
      promised = promised.max(promise.ballot());
    } else if (write instanceof Write.Accepted accepted) {
      promised = promised.max(accepted.proposal().ballot());
      index.add(placed);
    } else if (write instanceof Write.Learned) {
      index.add(placed);
    } else if (write instanceof Write.Applied applied) {
      if (!index.apply(applied)) {
        throw placed.file().damaged(placed.offset(), "slots are applied that are not there");
      }
    } else if (write instanceof Write.Agreed agreement) {
      agreed = agreement.formation();
    } else if (write instanceof Write.Formed) {
      formed = true;
    }
  }

  private List<Write> carried() {
    List<Write> writes = new ArrayList<>();
    if (!promised.isNone()) {
      writes.add(new Write.Promised(promised));
    }
    if (agreed != null) {
      writes.add(new Write.Agreed(agreed));
    }
    if (formed) {
      writes.add(new Write.Formed());
    }
    return writes;
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    refuseAfterFailure();
    List<ChosenSlot> page = new ArrayList<>();
    long last = Math.min(through, index.applied());
    long left = bytesMax;
    long next = Math.max(1, from);
    while (next <= last && (page.isEmpty() || left > 0)) {
      List<ChosenSlot> more = readSome(next, last, (int) Math.max(0, left));
      if (more.isEmpty()) {
        break;
      }
      for (ChosenSlot slot : more) {
        left -= slot.proposal().batch().size();
      }
      page.addAll(more);
      next += more.size();
    }
    return page;
  }

  private List<ChosenSlot> readSome(long from, long last, int bytesMax) {
    if (from <= archive.through()) {
      return archive.read(from, Math.min(last, archive.through()), bytesMax);
    }
    TailIndex.Slot slot = index.get(from);
    try {
      // An entry without an index is a new vote for a slot that was sealed meanwhile.
      if (slot != null && slot.firstIndex() > 0) {
        Proposal proposal = slot.highest().proposal();
        return List.of(new ChosenSlot(proposal, slot.firstIndex(), slot.effects()));
      }
    } catch (IOException e) {
      if (from > archive.through()) {
        throw fail(new JournalException(said(disk, e), e));
      }
    } catch (JournalException e) {
      throw fail(e);
    }
    // It was sealed, and its file removed, after this call began.
    return from <= archive.through()
        ? archive.read(from, Math.min(last, archive.through()), bytesMax)
        : List.of();
  }

  @Override
  public List<Vote> votes(long slot) {
    refuseAfterFailure();
    // The tail first: what it forgets is in the archive before.
    List<Vote> recent = index.votes(slot);
    Set<Vote> votes = new LinkedHashSet<>();
    if (slot <= archive.through()) {
      votes.addAll(archive.votes(slot));
    }
    votes.addAll(recent);
    return List.copyOf(votes);
  }

  @Override
  public long slotOfIndex(long commandIndex) {
    refuseAfterFailure();
    // Read first: what is sealed after this line is noticed below.
    long through = archive.through();
    if (commandIndex <= archive.commands()) {
      return archive.slotOfIndex(commandIndex);
    }
    long slot = index.slotOfIndex(commandIndex, through + 1);
    // Had it been sealed meanwhile, the search went past it.
    return through == archive.through() ? slot : slotOfIndex(commandIndex);
  }

  @Override
  public long bytesOnDisk() {
    return superblock.bytes() + tail.bytes() + archive.bytes();
  }

  /** Closes the tail so that its last record is known to be synced, unless something failed. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    sealer.close();
    try (disk;
        archive) {
      if (failure.get() == null) {
        tail.seal();
      }
      tail.close();
      superblock.close();
    } catch (IOException e) {
      throw fail(new JournalException(said(disk, e), e));
    }
  }

  private void refuseAfterFailure() {
    JournalException first = failure.get();
    if (first != null) {
      throw new JournalException(first.getMessage() + " (refused since)", first);
    }
    if (closed) {
      throw new JournalException(disk.path("") + ": the journal is closed");
    }
  }

  private JournalException fail(JournalException e) {
    failure.compareAndSet(null, e);
    return e;
  }

  private static String said(Disk disk, IOException e) {
    String message = e.getMessage();
    if (message != null && message.startsWith(disk.path(""))) {
      return message;
    }
    return disk.path("") + ": " + (message == null ? "the disk failed" : message);
  }
}

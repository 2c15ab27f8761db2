package io.synod.storage.tail;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records that every new file of the tail repeats: the promise and the formation. One thread
 * owns it.
 */
public final class CarryOver {
  private Ballot promised = Ballot.NONE;
  private @Nullable Formation agreed;
  private boolean formed;

  public CarryOver() {}

  /** Notes a record that is on the disk. */
  public void add(Write write) {
    if (write instanceof Write.Promised promise) {
      promised = promised.max(promise.ballot());
    } else if (write instanceof Write.Accepted accepted) {
      promised = promised.max(accepted.proposal().ballot());
    } else if (write instanceof Write.Agreed agreement) {
      agreed = agreement.formation();
    } else if (write instanceof Write.Formed) {
      formed = true;
    }
  }

  /** Throws if the disk knew of a higher promise, as {@code source} records. */
  public void mustReach(Ballot floor, String source) {
    if (floor.above(promised)) {
      throw new JournalException(
          source + " knows of a promise of " + floor + " but the tail holds only " + promised);
    }
  }

  public Ballot promised() {
    return promised;
  }

  @Nullable
  public Formation agreed() {
    return agreed;
  }

  public boolean formed() {
    return formed;
  }

  /**
   * What the disk held before its cluster formed.
   *
   * @param restore identifies the backup from which the disk was restored; 0 if it was not
   * @param newest the newest snapshot; nothing is applied after it before the cluster forms
   */
  public Origin origin(long restore, SnapshotMark newest) {
    if (agreed != null && formed) {
      return agreed.origin();
    }
    return restore == 0 ? Origin.EMPTY : new Origin(newest.slot(), newest.digest(), restore);
  }

  /** The first records of a new file. */
  public List<Write> writes() {
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
}

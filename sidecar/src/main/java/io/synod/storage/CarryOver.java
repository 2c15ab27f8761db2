package io.synod.storage;

import io.synod.paxos.Ballot;
import io.synod.paxos.Formation;
import io.synod.paxos.Write;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must outlive every file of the tail: the promise and the formation. One thread owns it. */
final class CarryOver {
  private Ballot promised = Ballot.NONE;
  private @Nullable Formation agreed;
  private boolean formed;

  CarryOver() {}

  /** Takes note of a record that is on the disk. */
  void remember(Write write) {
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

  Ballot promised() {
    return promised;
  }

  @Nullable Formation agreed() {
    return agreed;
  }

  boolean formed() {
    return formed;
  }

  /** What a new file begins with. */
  List<Write> writes() {
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

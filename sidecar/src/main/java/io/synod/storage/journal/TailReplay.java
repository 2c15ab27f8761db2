package io.synod.storage.journal;

import io.synod.paxos.value.Write;
import io.synod.storage.tail.CarryOver;
import io.synod.storage.tail.RecordLocation;
import io.synod.storage.tail.TailIndex;
import io.synod.storage.tail.TailScan;

/** Records in memory what the tail holds. */
public record TailReplay(CarryOver carryOver, TailIndex index) implements TailScan.Replay {

  @Override
  public void record(Write write, RecordLocation location) {
    carryOver.add(write);
    if (write instanceof Write.Accepted || write instanceof Write.Learned) {
      index.add(location);
    } else if (write instanceof Write.Applied applied) {
      if (!index.apply(applied)) {
        throw location.file().damaged(location.offset(), "slots are applied that are missing");
      }
      index.record(applied.through());
    }
  }
}

package io.synod.sim;

import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Witness;
import io.synod.state.Change;
import io.synod.state.Entry;
import io.synod.state.Model;
import io.synod.state.Reply;
import io.synod.state.Result;

/** What the chosen log comes to: marks, and what ends promises. */
final class Happenings implements Witness.Listener {
  private final World world;

  Happenings(World world) {
    this.world = world;
  }

  @Override
  public void did(long index, Entry entry, Model.Did did) {
    if (did.result() instanceof Result.Effect effect) {
      if (effect.reply() instanceof Reply.Done done && !done.succeeded()) {
        world.mark(Mark.COMPARE_FAILED);
      }
    } else if (did.result() instanceof Result.SequenceReused) {
      world.mark(Mark.SEQUENCE_REUSED);
    }
    for (long session : Model.renewed(entry, index)) {
      world.crowd().exclusion.renewed(session, world.trueNow());
    }
    for (Change change : did.changes()) {
      if (change.type() == Change.Type.EXPIRE) {
        world.mark(Mark.KEY_EXPIRED);
      } else if (change.type() == Change.Type.DELETE && entry.kind() != Entry.Kind.KV) {
        world.mark(Mark.EPHEMERAL_GONE);
      }
    }
  }

  @Override
  public void expired(long session) {
    world.mark(Mark.SESSION_EXPIRED);
    world.crowd().exclusion.expired(session, world.trueNow());
  }

  @Override
  public void passed(String lock, Witness.Hold before, Witness.Hold after, Entry.Kind by) {
    if (by == Entry.Kind.RELEASE) {
      world.mark(Mark.LOCK_RELEASED);
      world.crowd().exclusion.given(before.session());
    } else if (by == Entry.Kind.EXPIRE_SESSIONS && after.session() != 0) {
      world.mark(Mark.LOCK_PASSED_BY_EXPIRY);
    } else if (by == Entry.Kind.CLOSE_SESSION && after.session() != 0) {
      world.mark(Mark.LOCK_PASSED);
    }
  }
}

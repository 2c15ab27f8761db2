package io.synod.state.result;

import io.synod.state.command.Txn;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;
import java.util.ArrayList;
import java.util.List;

/** Encodes and decodes replies for snapshots. */
final class ReplyCodec {
  private static final int NONE = 0;
  private static final int DONE = 1;
  private static final int QUEUED = 2;
  private static final int RELEASED = 3;
  private static final int ACKNOWLEDGED = 4;

  private ReplyCodec() {}

  static void pack(Packer packer, Reply reply) {
    if (reply instanceof Reply.Done done) {
      packer.number(DONE).number(done.succeeded() ? 1 : 0).number(done.results().size());
      done.results().forEach(result -> result.pack(packer));
    } else if (reply instanceof Reply.Queued queued) {
      packer.number(QUEUED).number(queued.queued() ? 1 : 0);
    } else if (reply instanceof Reply.Released released) {
      packer.number(RELEASED).number(released.token());
    } else if (reply instanceof Reply.Acknowledged acknowledged) {
      packer.number(ACKNOWLEDGED).number(acknowledged.index());
    } else {
      packer.number(NONE);
    }
  }

  static Reply unpack(Unpacker from) {
    return switch (from.small(ACKNOWLEDGED)) {
      case DONE -> {
        boolean succeeded = from.small(1) == 1;
        List<OpResult> results = new ArrayList<>();
        for (int left = from.small(Txn.PARTS_MAX); left > 0; left--) {
          results.add(OpResult.unpack(from));
        }
        yield new Reply.Done(succeeded, List.copyOf(results));
      }
      case QUEUED -> new Reply.Queued(from.small(1) == 1);
      case RELEASED -> new Reply.Released(from.number());
      case ACKNOWLEDGED -> new Reply.Acknowledged(from.number());
      default -> Reply.none();
    };
  }
}

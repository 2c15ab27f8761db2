package io.synod.api.kv;

import com.google.protobuf.UnsafeByteOperations;
import io.synod.api.call.CommonMessages;
import io.synod.state.command.Op;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.v1.KvWatchResponse;
import org.jspecify.annotations.Nullable;

/** Converts pairs, changes and results into messages of the client API. */
final class KvMessages {
  private KvMessages() {}

  static io.synod.v1.KeyValue pair(KeyValue pair) {
    return pair(pair, true);
  }

  static io.synod.v1.KeyValue pair(KeyValue pair, boolean withValue) {
    io.synod.v1.KeyValue.Builder form =
        io.synod.v1.KeyValue.newBuilder()
            .setKey(pair.key())
            .setCreateIndex(pair.createIndex())
            .setModIndex(pair.modIndex())
            .setVersion(pair.version());
    if (withValue) {
      form.setValue(UnsafeByteOperations.unsafeWrap(pair.value().bytes()));
    }
    if (pair.session() != 0) {
      form.setSessionId(CommonMessages.session(pair.session()));
    }
    if (pair.expireMillis() != 0) {
      form.setExpireTime(CommonMessages.time(pair.expireMillis()));
    }
    return form.build();
  }

  /** The result of an operation; the value of a put is taken from the operation itself. */
  static io.synod.v1.OpResult result(Op op, OpResult result) {
    io.synod.v1.OpResult.Builder form =
        io.synod.v1.OpResult.newBuilder().setDeleted(result.deleted());
    @Nullable KeyValue kv = result.kv();
    if (kv != null) {
      form.setKv(pair(op instanceof Op.Put put ? kv.with(put.value()) : kv));
    }
    @Nullable KeyValue previous = result.previous();
    if (previous != null) {
      form.setPrevious(pair(previous));
    }
    return form.build();
  }

  static KvWatchResponse.Change change(Change change, @Nullable KeyValue previous) {
    KvWatchResponse.Change.Builder form =
        KvWatchResponse.Change.newBuilder().setType(type(change.type()));
    if (change.type() == Change.Type.PUT) {
      form.setKv(pair(change.kv()));
    } else {
      form.setKv(
          io.synod.v1.KeyValue.newBuilder()
              .setKey(change.kv().key())
              .setModIndex(change.kv().modIndex()));
    }
    if (previous != null) {
      form.setPrevious(pair(previous));
    }
    return form.build();
  }

  private static KvWatchResponse.Type type(Change.Type type) {
    return switch (type) {
      case PUT -> KvWatchResponse.Type.TYPE_PUT;
      case DELETE -> KvWatchResponse.Type.TYPE_DELETE;
      case EXPIRE -> KvWatchResponse.Type.TYPE_EXPIRE;
    };
  }
}

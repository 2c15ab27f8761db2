package io.synod.api.kv;

import com.google.protobuf.Duration;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.RequestFields;
import io.synod.api.call.StatusErrors;
import io.synod.state.command.Compare;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.v1.DeleteRequest;
import io.synod.v1.FencingToken;
import io.synod.v1.PutRequest;
import io.synod.v1.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Checks the requests of the key-value service, and converts them into transactions. */
final class KvRequests {
  private static final java.time.Duration TTL_MIN = java.time.Duration.ofSeconds(1);

  private KvRequests() {}

  static Txn put(PutRequest request) {
    io.synod.v1.Op.PutOp.Builder op =
        io.synod.v1.Op.PutOp.newBuilder()
            .setKey(request.getKey())
            .setValue(request.getValue())
            .setSessionId(request.getSessionId());
    if (request.hasTtl()) {
      op.setTtl(request.getTtl());
    }
    Op put = put("", op.build());
    return request.hasIfModIndex()
        ? Txn.when(modIndexIs(request.getKey(), request.getIfModIndex()), put)
        : Txn.of(put);
  }

  static Txn delete(DeleteRequest request) {
    Op delete = new Op.Delete(RequestFields.key("key", request.getKey()));
    return request.hasIfModIndex()
        ? Txn.when(modIndexIs(request.getKey(), request.getIfModIndex()), delete)
        : Txn.of(delete);
  }

  private static Compare modIndexIs(String key, long index) {
    return new Compare.ModIndexIs(key, RequestFields.number("if_mod_index", index));
  }

  static Txn txn(TxnRequest request) {
    return new Txn(
        all("compares", request.getComparesList(), KvRequests::compare),
        all("success", request.getSuccessList(), KvRequests::op),
        all("failure", request.getFailureList(), KvRequests::op));
  }

  /** Whether it may make the state larger. */
  static boolean adds(Txn txn) {
    return puts(txn.success()) || puts(txn.failure());
  }

  private static boolean puts(List<Op> ops) {
    return ops.stream().anyMatch(Op.Put.class::isInstance);
  }

  private static <F, T> List<T> all(String field, List<F> from, BiFunction<String, F, T> check) {
    if (from.size() > Txn.PARTS_MAX) {
      throw StatusErrors.invalid(
          field, "must be at most " + Txn.PARTS_MAX + ", not " + from.size());
    }
    List<T> checked = new ArrayList<>(from.size());
    for (int i = 0; i < from.size(); i++) {
      checked.add(check.apply(field + "[" + i + "].", from.get(i)));
    }
    return checked;
  }

  private static Compare compare(String at, io.synod.v1.Compare compare) {
    return switch (compare.getConditionCase()) {
      case KEY_ABSENT ->
          new Compare.KeyAbsent(RequestFields.key(at + "key_absent", compare.getKeyAbsent()));
      case MOD_INDEX_IS ->
          new Compare.ModIndexIs(
              RequestFields.key(at + "mod_index_is.key", compare.getModIndexIs().getKey()),
              RequestFields.number(at + "mod_index_is.index", compare.getModIndexIs().getIndex()));
      case VALUE_IS ->
          new Compare.ValueIs(
              RequestFields.key(at + "value_is.key", compare.getValueIs().getKey()),
              CommonMessages.payload(compare.getValueIs().getValue()));
      case LOCK_HELD -> lockHeld(at + "lock_held.", compare.getLockHeld());
      case CONDITION_NOT_SET -> throw StatusErrors.invalid(at + "condition", "must be set");
    };
  }

  private static Compare lockHeld(String at, FencingToken token) {
    String lock = RequestFields.label(at + "lock", token.getLock());
    if (lock.isEmpty()) {
      throw StatusErrors.invalid(at + "lock", "must be set");
    }
    return new Compare.LockHeld(lock, RequestFields.positive(at + "token", token.getToken()));
  }

  private static Op op(String at, io.synod.v1.Op op) {
    return switch (op.getOpCase()) {
      case PUT -> put(at + "put.", op.getPut());
      case DELETE_KEY -> new Op.Delete(RequestFields.key(at + "delete_key", op.getDeleteKey()));
      case DELETE_PREFIX ->
          new Op.DeletePrefix(RequestFields.prefix(at + "delete_prefix", op.getDeletePrefix()));
      case GET_KEY -> new Op.Get(RequestFields.key(at + "get_key", op.getGetKey()));
      case OP_NOT_SET -> throw StatusErrors.invalid(at + "op", "must be set");
    };
  }

  private static Op put(String at, io.synod.v1.Op.PutOp put) {
    String key = RequestFields.key(at + "key", put.getKey());
    @Nullable Duration ttl = put.hasTtl() ? put.getTtl() : null;
    boolean owned = !put.getSessionId().isEmpty();
    if (owned && ttl != null) {
      throw StatusErrors.invalid(at + "ttl", "must not be set with session_id");
    }
    long millis = ttl == null ? 0 : RequestFields.atLeast(at + "ttl", ttl, TTL_MIN).toMillis();
    long owner = owned ? RequestFields.session(at + "session_id", put.getSessionId()) : 0;
    return new Op.Put(key, CommonMessages.payload(put.getValue()), millis, owner);
  }
}

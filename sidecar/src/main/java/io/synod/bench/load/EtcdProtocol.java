package io.synod.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * etcd's v3 API. A few fields of it are all we need, so they are written by hand: its .proto files
 * stay out of this project.
 */
final class EtcdProtocol implements ClientProtocol {
  /** WatchResponse.events, Event.kv, KeyValue.value. */
  private static final int[] WATCHED_VALUE = {11, 2, 5};

  @Override
  public String method(BenchOperation operation) {
    return switch (operation) {
      case PROPOSE, PUT, WATCH -> "etcdserverpb.KV/Put";
      case GET, LOCAL_GET -> "etcdserverpb.KV/Range";
      case TXN -> "etcdserverpb.KV/Txn";
    };
  }

  @Override
  public byte[] request(LoopWork work, long number, byte[] value) {
    return switch (work.operation().measured()) {
      case PROPOSE, PUT, WATCH -> put(work.key(number), value);
      case GET -> range(work.anyKey(number), false);
      case LOCAL_GET -> range(work.anyKey(number), true);
      case TXN -> txn(work, number, value);
    };
  }

  /** PutRequest: key, value. */
  private static byte[] put(String key, byte[] value) {
    byte[] name = bytes(key);
    int size =
        CodedOutputStream.computeByteArraySize(1, name)
            + CodedOutputStream.computeByteArraySize(2, value);
    byte[] request = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(request);
    try {
      out.writeByteArray(1, name);
      out.writeByteArray(2, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return request;
  }

  /** RangeRequest: key, serializable. */
  private static byte[] range(String key, boolean serializable) {
    return message(
        out -> {
          out.writeByteArray(1, bytes(key));
          if (serializable) {
            out.writeBool(7, true);
          }
        });
  }

  /** TxnRequest: compare, success, failure; Compare: result EQUAL, target CREATE, key, revision. */
  private static byte[] txn(LoopWork work, long number, byte[] value) {
    byte[] absent =
        message(
            out -> {
              out.writeEnum(2, 1);
              out.writeByteArray(3, bytes(LoopWork.NEVER));
              out.writeInt64(5, 0);
            });
    byte[] get = range(work.anyKey(number), false);
    return message(
        out -> {
          out.writeByteArray(1, absent);
          // RequestOp: request_range is 1, request_put is 2.
          out.writeByteArray(2, message(op -> op.writeByteArray(2, put(work.key(number), value))));
          out.writeByteArray(2, message(op -> op.writeByteArray(1, get)));
          out.writeByteArray(3, message(op -> op.writeByteArray(1, get)));
        });
  }

  @Override
  public String watchMethod() {
    return "etcdserverpb.Watch/Watch";
  }

  @Override
  public boolean watchTakesMore() {
    return true;
  }

  /** WatchRequest.create_request; WatchCreateRequest: key, range_end. */
  @Override
  public byte[] watchRequest() {
    byte[] create =
        message(
            out -> {
              out.writeByteArray(1, bytes(LoopWork.PREFIX));
              out.writeByteArray(2, bytes(LoopWork.PREFIX_END));
            });
    return message(out -> out.writeByteArray(1, create));
  }

  @Override
  public int[] watchedValue() {
    return WATCHED_VALUE.clone();
  }

  @Override
  public String statusMethod() {
    return "etcdserverpb.Maintenance/Status";
  }

  /**
   * StatusResponse: header, leader, raftTerm, raftAppliedIndex; ResponseHeader: member_id. It does
   * not show which peers a member is connected to.
   */
  @Override
  public MemberStatus status(byte[] answer) throws IOException {
    UnknownFieldSet status = UnknownFieldSet.parseFrom(answer);
    long self = 0;
    for (ByteString header : status.getField(1).getLengthDelimitedList()) {
      self = number(UnknownFieldSet.parseFrom(header), 2);
    }
    long leader = number(status, 4);
    String leaderText = Long.toHexString(leader) + " at term " + number(status, 6);
    return new MemberStatus(
        leader != 0 && leader == self, leader == 0 ? "" : leaderText, number(status, 7), true);
  }

  /** A number field; 0 if it is not there. */
  private static long number(UnknownFieldSet message, int field) {
    return message.getField(field).getVarintList().stream().reduce(0L, (first, last) -> last);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the fields of one message. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteString().toByteArray();
  }
}

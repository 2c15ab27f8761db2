package io.synod.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.synod.v1.Ballot;
import io.synod.v1.GetRequest;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.ReadLevel;
import io.synod.v1.ResponseInfo;
import io.synod.v1.Status;
import io.synod.v1.TxnRequest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Tests the requests to each kind of server. {@code CompareCommandIT} shows that etcd understands
 * them.
 */
final class ClientProtocolTest {
  private static final byte[] VALUE = {1, 2, 3};
  private final ClientProtocol etcd = new EtcdProtocol();
  private final ClientProtocol synod = new SynodProtocol();

  private static LoopWork work(BenchOperation operation) {
    return new LoopWork(operation, 1000, 1);
  }

  private static Field field(byte[] message, int number) throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(message).getField(number);
  }

  private static ByteString text(Field field) {
    return field.getLengthDelimitedList().get(0);
  }

  @Test
  void goesRoundItsKeysAllEquallyLong() {
    Set<String> keys = new HashSet<>();
    for (long number = 0; number < 5000; number++) {
      keys.add(work(BenchOperation.PUT).key(number));
      assertThat(keys).contains(work(BenchOperation.PUT).key(number));
    }
    assertThat(keys).hasSize(1000).allMatch(key -> key.length() == "bench/1000".length());
    for (long number = -500; number < 500; number++) {
      assertThat(keys).contains(work(BenchOperation.GET).anyKey(number));
    }
  }

  @Test
  void putsKeyAndValue() throws InvalidProtocolBufferException {
    byte[] put = etcd.request(work(BenchOperation.PUT), 7, VALUE);
    assertThat(UnknownFieldSet.parseFrom(put).asMap()).containsOnlyKeys(1, 2);
    assertThat(text(field(put, 1))).isEqualTo(ByteString.copyFromUtf8("bench/1007"));
    assertThat(text(field(put, 2))).isEqualTo(ByteString.copyFrom(VALUE));
    assertThat(etcd.request(work(BenchOperation.PROPOSE), 7, VALUE)).isEqualTo(put);
    assertThat(etcd.request(work(BenchOperation.WATCH), 7, VALUE)).isEqualTo(put);

    PutRequest ours = PutRequest.parseFrom(synod.request(work(BenchOperation.WATCH), 7, VALUE));
    assertThat(ours.getKey()).isEqualTo("bench/1007");
    assertThat(ours.getValue()).isEqualTo(ByteString.copyFrom(VALUE));
  }

  @Test
  void readsTheSameKeyOfBothAsStronglyAsIsAsked() throws InvalidProtocolBufferException {
    GetRequest strong = GetRequest.parseFrom(synod.request(work(BenchOperation.GET), 7, VALUE));
    GetRequest local =
        GetRequest.parseFrom(synod.request(work(BenchOperation.LOCAL_GET), 7, VALUE));
    byte[] linearizable = etcd.request(work(BenchOperation.GET), 7, VALUE);
    byte[] serializable = etcd.request(work(BenchOperation.LOCAL_GET), 7, VALUE);

    assertThat(strong.getOptions().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_STRONG);
    assertThat(local.getOptions().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_LOCAL);
    assertThat(text(field(linearizable, 1)).toStringUtf8()).isEqualTo(strong.getKey());
    assertThat(text(field(serializable, 1)).toStringUtf8()).isEqualTo(local.getKey());
    assertThat(field(linearizable, 7).getVarintList()).isEmpty();
    assertThat(field(serializable, 7).getVarintList()).containsExactly(1L);
  }

  @Test
  void comparesPutsAndGetsInOneTransaction() throws InvalidProtocolBufferException {
    TxnRequest ours = TxnRequest.parseFrom(synod.request(work(BenchOperation.TXN), 7, VALUE));
    assertThat(ours.getCompares(0).getKeyAbsent()).isEqualTo("bench/never");
    assertThat(ours.getSuccessList()).hasSize(2);
    assertThat(ours.getFailureList()).hasSize(1);

    byte[] theirs = etcd.request(work(BenchOperation.TXN), 7, VALUE);
    assertThat(text(field(text(field(theirs, 1)).toByteArray(), 3)).toStringUtf8())
        .isEqualTo("bench/never");
    assertThat(field(theirs, 2).getLengthDelimitedList()).hasSize(2);
    assertThat(field(theirs, 3).getLengthDelimitedList()).hasSize(1);
  }

  @Test
  void watchesEveryKeyOfTheBenchmark() throws InvalidProtocolBufferException {
    KvWatchRequest ours = KvWatchRequest.parseFrom(synod.watchRequest());
    byte[] create = text(field(etcd.watchRequest(), 1)).toByteArray();

    assertThat(ours.getKey()).isEqualTo("bench/");
    assertThat(ours.getPrefix()).isTrue();
    assertThat(text(field(create, 1)).toStringUtf8()).isEqualTo("bench/");
    assertThat(text(field(create, 2)).toStringUtf8()).isEqualTo("bench0");
  }

  @Test
  void readsTheStatusOfAMemberOfEtcd() throws IOException {
    ByteString header =
        UnknownFieldSet.newBuilder()
            .addField(1, number(9))
            .addField(2, number(0xab))
            .build()
            .toByteString();
    UnknownFieldSet.Builder status =
        UnknownFieldSet.newBuilder()
            .addField(1, Field.newBuilder().addLengthDelimited(header).build())
            .addField(6, number(3))
            .addField(7, number(500));

    assertThat(etcd.status(status.build().toByteArray()))
        .isEqualTo(new MemberStatus(false, "", 500, true));
    status.addField(4, number(0xab));
    assertThat(etcd.status(status.build().toByteArray()))
        .isEqualTo(new MemberStatus(true, "ab at term 3", 500, true));
    status.addField(4, number(0xcd));
    assertThat(etcd.status(status.build().toByteArray()))
        .isEqualTo(new MemberStatus(false, "cd at term 3", 500, true));
  }

  private static Field number(long value) {
    return Field.newBuilder().addVarint(value).build();
  }

  @Test
  void readsTheStatusOfASidecar() throws IOException {
    Status.Builder status =
        Status.newBuilder()
            .setRole(Status.Role.ROLE_LEADER)
            .setInfo(
                ResponseInfo.newBuilder()
                    .setAppliedIndex(500)
                    .setLeader(Ballot.newBuilder().setRound(3).setNodeId("2")))
            .addPeers(Status.Peer.newBuilder().setConnected(true));

    assertThat(synod.status(status.build().toByteArray()))
        .isEqualTo(new MemberStatus(true, "2 at round 3", 500, true));
    status.setRole(Status.Role.ROLE_FOLLOWER).addPeers(Status.Peer.getDefaultInstance());
    status.getInfoBuilder().clearLeader();
    assertThat(synod.status(status.build().toByteArray()))
        .isEqualTo(new MemberStatus(false, "", 500, false));
  }
}

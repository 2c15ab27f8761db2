package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.TestServer;
import io.synod.v1.DeleteRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class KvListTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(server.channel);
  }

  private void put(String key, int bytes) {
    ByteString value = ByteString.copyFrom(new byte[bytes]);
    assertThat(kv().put(PutRequest.newBuilder().setKey(key).setValue(value).build()).hasKv())
        .isTrue();
  }

  private static ListRequest.Builder under(String prefix) {
    return ListRequest.newBuilder().setPrefix(prefix);
  }

  private ListResponse list(ListRequest.Builder request) {
    return kv().list(request.build());
  }

  private static List<String> keys(ListResponse response) {
    return response.getKvsList().stream().map(KeyValue::getKey).toList();
  }

  @Test
  void listsWhatIsUnderAPrefixInTheOrderOfBytes() {
    for (String key : List.of("b/2", "b/10", "a", "b", "c", "b/\uFF5E", "b/\uD83D\uDE00", "b0")) {
      put(key, 1);
    }

    assertThat(keys(list(under("b/"))))
        .containsExactly("b/10", "b/2", "b/\uFF5E", "b/\uD83D\uDE00");
    assertThat(list(under(""))).extracting(ListResponse::getKvsCount).isEqualTo(8);
    assertThat(list(under("zz")).getNextPageToken()).isEmpty();
    assertThat(list(under("b/")).getIndex()).isEqualTo(server.node.log.appliedIndex());
  }

  @Test
  void showsOneIndexOnAllPagesWhateverIsWrittenBetweenThem() {
    List<String> keys = new ArrayList<>();
    for (int i = 100; i < 123; i++) {
      keys.add("k/" + i);
    }
    Collections.reverse(keys);
    keys.forEach(key -> put(key, 1));
    long index = server.node.log.appliedIndex();

    List<String> listed = new ArrayList<>();
    ListRequest.Builder request = under("k/").setPageSize(5);
    ListResponse page = list(request);
    while (true) {
      listed.addAll(keys(page));
      assertThat(page.getIndex()).isEqualTo(index);
      assertThat(page.getInfo().getAppliedIndex()).isEqualTo(index);
      if (page.getNextPageToken().isEmpty()) {
        break;
      }
      put("k/" + listed.size(), 1);
      kv().delete(DeleteRequest.newBuilder().setKey("k/115").build());
      page = list(request.setPageToken(page.getNextPageToken()));
    }

    Collections.reverse(keys);
    assertThat(listed).isEqualTo(keys);
  }

  @Test
  void cutsAPageAtAMebibyteAndLeavesValuesOutOnRequest() {
    for (int i = 10; i < 22; i++) {
      put("k" + i, 200_000);
    }

    ListResponse page = list(under("k"));
    assertThat(page.getKvsCount()).isEqualTo(5);
    assertThat(page.getSerializedSize()).isLessThan((1 << 20) + 2_000);
    assertThat(keys(list(under("k").setPageToken(page.getNextPageToken()))))
        .startsWith("k15")
        .hasSize(5);
    ListResponse names = list(under("k").setKeysOnly(true));
    assertThat(names.getKvsCount()).isEqualTo(12);
    assertThat(names.getKvs(0).getValue().size()).isZero();
    assertThat(names.getKvs(0).getModIndex()).isPositive();
  }

  @Test
  void endsWithAPageThatIsExactlyFull() {
    put("a", 1);
    put("b", 1);

    assertThat(list(under("").setPageSize(2)).getNextPageToken()).isEmpty();
    assertThat(list(under("").setPageSize(1)).getNextPageToken()).isNotEmpty();
  }

  @Test
  void listsThePastAndSaysWhenItIsGone() {
    put("a", 1);
    put("b", 1);
    put("c", 1);
    String token = list(under("").setPageSize(1)).getNextPageToken();

    assertThat(keys(list(under("").setAtIndex(3)))).containsExactly("a", "b");

    put("d", 1);
    server.node.log.forgetStates(server.node.log.appliedIndex());
    for (ListRequest.Builder gone :
        List.of(under("").setAtIndex(3), under("").setPageToken(token))) {
      CallError callError = CallError.by(() -> list(gone));
      assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
      assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
    }
  }

  @Test
  void takesNoTokenButItsOwn() throws IOException {
    put("k1", 1);
    put("k2", 1);
    String token = list(under("k").setPageSize(1)).getNextPageToken();
    List<String> garbled = new ArrayList<>(List.of("x", "*", "AAAA", "A".repeat(5_000)));
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'B' ? 'Q' : 'B';
      garbled.add(token.substring(0, i) + other + token.substring(i + 1));
      garbled.add(token.substring(0, i));
    }
    garbled.remove("");

    for (String wrong : garbled) {
      CallError callError = CallError.by(() -> list(under("k").setPageToken(wrong)));
      assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
      assertThat(callError.metadata("field")).isEqualTo("page_token");
    }
    assertThat(CallError.by(() -> list(under("").setPageToken(token))).metadata("field"))
        .isEqualTo("page_token");
    assertThat(new PageTokens("town").read("k", token))
        .isEqualTo(new PageTokens.ListPosition(3, "k1"));
    assertThat(CallError.by(() -> new PageTokens("village").read("k", token)).reason())
        .isEqualTo(Reason.INVALID_REQUEST);
  }
}

package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.synod.api.CallError;
import io.synod.api.ErrorContract;
import io.synod.api.EveryCall;
import io.synod.api.RawBytes;
import io.synod.v1.ProposeRequest;
import io.synod.v1.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Provokes every error of the table in common.proto over gRPC. The expected contents are parsed
 * from the comments there: a reason without a provocation fails, and so does one whose comment
 * states more or less than the error contains.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
final class ErrorTableTest {
  private Map<Reason, ErrorContract> table = Map.of();
  private Worlds worlds = new Worlds(Path.of(""));

  @BeforeAll
  void begin(@TempDir Path folder) throws IOException {
    table = ErrorContract.all();
    worlds = new Worlds(folder);
  }

  @AfterAll
  void end() {
    worlds.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"REASON_UNSPECIFIED", "UNRECOGNIZED"})
  void isProvokedWithExactlyWhatTheTablePromises(Reason reason) {
    ErrorContract errorContract =
        Objects.requireNonNull(table.get(reason), "the comment of " + reason);
    List<Provocation> all =
        Stream.of(
                ProposalErrors.ofRequests(),
                ProposalErrors.ofSessions(),
                ProposalErrors.ofTheCluster(),
                ProposalErrors.ofLeaders(),
                StateErrors.ofReads(),
                StateErrors.ofThePast(),
                StateErrors.ofConsumers(),
                StateErrors.ofTheSidecar())
            .flatMap(List::stream)
            .filter(provocation -> provocation.reason() == reason)
            .toList();
    assertThat(all).as("provocations").isNotEmpty();
    Set<String> codes = new TreeSet<>();
    Set<String> metadata = new TreeSet<>();
    for (Provocation provocation : all) {
      CallError callError = provocation.call().apply(worlds);
      assertThat(callError.code()).isEqualTo(provocation.code());
      assertThat(callError.reason()).isEqualTo(reason);
      assertThat(details(callError)).isEqualTo(errorContract.details());
      provocation.content().accept(callError);
      tellsNothing(callError);
      codes.add(callError.code().name());
      metadata.addAll(callError.detail(ErrorInfo.class).getMetadataMap().keySet());
    }
    assertThat(codes).isEqualTo(errorContract.codes());
    assertThat(metadata).isEqualTo(errorContract.metadata());
  }

  /** The names of all details except the ErrorInfo. */
  private static Set<String> details(CallError callError) {
    return callError.status().getDetailsList().stream()
        .filter(detail -> !detail.is(ErrorInfo.class))
        .map(Any::getTypeUrl)
        .map(url -> url.substring(url.lastIndexOf('.') + 1))
        .collect(Collectors.toSet());
  }

  /** Asserts that the error discloses neither the request nor the implementation. */
  private static void tellsNothing(CallError callError) {
    assertThat(callError.text()).isNotBlank().doesNotContain("\n").hasSizeLessThan(160);
    assertThat(callError.status().toString())
        .doesNotContain(EveryCall.SECRET, "Exception", "io.synod", "io.grpc", "java");
  }

  @Test
  void saysOnEachLineOfTheTableWhatTheErrorIs() {
    assertThat(table).hasSize(Reason.values().length - 2);
    assertThat(table.values()).allMatch(errorContract -> !errorContract.codes().isEmpty());
  }

  @Test
  void leavesToGrpcWhatIsFarTooLargeAndWhatIsNoMethod() {
    EveryCall everyCall = worlds.well();
    ProposeRequest far =
        ProposeRequest.newBuilder().setCommand(ByteString.copyFrom(new byte[5 << 20])).build();

    CallError large = CallError.by(() -> everyCall.log().propose(far));
    CallError packed = CallError.by(() -> everyCall.log().withCompression("gzip").propose(far));
    CallError unknown =
        CallError.by(
            () ->
                ClientCalls.blockingUnaryCall(
                    everyCall.channel(),
                    RawBytes.method("synod.v1.Log/Forget", MethodType.UNARY),
                    CallOptions.DEFAULT,
                    new byte[] {1}));

    assertThat(List.of(large, packed, unknown))
        .extracting(CallError::code)
        .containsExactly(Code.RESOURCE_EXHAUSTED, Code.RESOURCE_EXHAUSTED, Code.UNIMPLEMENTED);
    assertThat(List.of(large, packed, unknown))
        .allMatch(callError -> callError.status().getDetailsCount() == 0);
  }
}

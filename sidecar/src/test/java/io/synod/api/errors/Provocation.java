package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.v1.Reason;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One way to provoke an error.
 *
 * @param call makes the call and returns its error
 * @param content checks the details against the request
 */
record Provocation(
    Reason reason, Code code, Function<Worlds, CallError> call, Consumer<CallError> content) {

  /** A call that throws. */
  interface Failing {
    void make(Worlds worlds);
  }

  static Provocation of(Reason reason, Code code, Failing call, Consumer<CallError> content) {
    return new Provocation(reason, code, worlds -> CallError.by(() -> call.make(worlds)), content);
  }

  /** A provocation without a check of details. */
  static Provocation of(Reason reason, Code code, Failing call) {
    return of(reason, code, call, callError -> {});
  }

  static void saysWhenToComeBack(CallError callError) {
    assertThat(Durations.toMillis(callError.detail(RetryInfo.class).getRetryDelay()))
        .isBetween(1L, 60_000L);
  }

  static void namesAnIncident(CallError callError) {
    assertThat(callError.metadata("incident")).matches("[0-9a-f]{8}");
    assertThat(callError.text()).contains(callError.metadata("incident"));
  }
}

package io.synod.api;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.synod.v1.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** An error as a client receives it. */
public record CallError(io.grpc.Status.Code code, String text, Status status) {

  /** Runs a call that must fail, and returns its error. */
  public static CallError by(ThrowingCallable call) {
    return of(catchThrowableOfType(StatusRuntimeException.class, call));
  }

  public static CallError of(Throwable thrown) {
    Status status = StatusProto.fromThrowable(thrown);
    if (status == null) {
      throw new AssertionError("not an error of a call", thrown);
    }
    return new CallError(
        io.grpc.Status.fromThrowable(thrown).getCode(), status.getMessage(), status);
  }

  public Reason reason() {
    ErrorInfo info = detail(ErrorInfo.class);
    if (!info.getDomain().equals("synod.dev")) {
      throw new AssertionError("domain " + info.getDomain());
    }
    return Reason.valueOf(info.getReason());
  }

  public String metadata(String key) {
    return detail(ErrorInfo.class).getMetadataOrThrow(key);
  }

  public <T extends Message> T detail(Class<T> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }
}

package io.synod.bench.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.cli.shared.CallFailure;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** Gets every write. Runs on its connection's event loop. */
final class WriteWatcher extends ClientCall.Listener<byte[]> {
  /** A value begins with its number, and then when it was sent. */
  private static final int SENT_AT = Long.BYTES;

  private final LoopRun run;
  private final CountDownLatch began;
  private final int[] path;
  private final ClientCall<byte[], byte[]> call;
  private boolean first = true;

  /** {@code began} is counted down once, when the watch is known to follow, or to fail. */
  WriteWatcher(LoopRun run, Channel channel, CountDownLatch began) {
    this.run = run;
    this.began = began;
    path = run.subject().clientProtocol().watchedValue();
    call = channel.newCall(run.subject().watchMethod(), CallOptions.DEFAULT);
  }

  void begin() {
    ClientProtocol clientProtocol = run.subject().clientProtocol();
    call.start(this, new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(clientProtocol.watchRequest());
    if (!clientProtocol.watchTakesMore()) {
      call.halfClose();
    }
  }

  void end() {
    call.cancel("the run is over", null);
  }

  @Override
  public void onMessage(byte[] message) {
    if (first) {
      first = false;
      began.countDown();
    }
    try {
      take(CodedInputStream.newInstance(message), 0, System.nanoTime());
    } catch (IOException e) {
      run.failed(new CallFailure(1, "MALFORMED", "an event that cannot be read"));
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (status.getCode() != Status.Code.CANCELLED) {
      run.failed(CallFailure.of(status.asRuntimeException(trailers), "it", false));
    }
    began.countDown();
  }

  /** Finds each value, wherever the path leads to one. */
  private void take(CodedInputStream in, int depth, long nowNanos) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      boolean wanted =
          WireFormat.getTagFieldNumber(tag) == path[depth]
              && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (!wanted) {
        boolean unused = in.skipField(tag);
        continue;
      }
      int length = in.readRawVarint32();
      if (depth < path.length - 1) {
        int limit = in.pushLimit(length);
        take(in, depth + 1, nowNanos);
        in.popLimit(limit);
      } else if (length >= SENT_AT + Long.BYTES) {
        in.skipRawBytes(SENT_AT);
        run.delivered(in.readRawLittleEndian64(), nowNanos);
        in.skipRawBytes(length - SENT_AT - Long.BYTES);
      } else {
        in.skipRawBytes(length);
      }
    }
  }
}

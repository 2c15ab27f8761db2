package io.synod.bench.load;

import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.cli.shared.CallFailure;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Has one call under way, always. Runs on its connection's event loop. */
final class LoopCaller extends ClientCall.Listener<byte[]> {
  /** After an error, so that a broken subject is not answered with a storm. */
  private static final long PAUSE_MILLIS = 20;

  private final LoopRun run;
  private final Channel channel;
  private long begunNanos;

  LoopCaller(LoopRun run, Channel channel) {
    this.run = run;
    this.channel = channel;
  }

  void begin() {
    ClientCall<byte[], byte[]> call = channel.newCall(run.method(), run.options());
    byte[] request = run.request();
    begunNanos = System.nanoTime();
    call.start(this, new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    long now = System.nanoTime();
    boolean ok = status.isOk();
    if (ok) {
      run.succeeded(begunNanos, now);
    } else {
      run.failed(CallFailure.of(status.asRuntimeException(trailers), "it", true));
    }
    if (run.over(now)) {
      run.callerEnded();
    } else if (ok) {
      begin();
    } else {
      // Never at once: a channel that fails within start() would come back here without end.
      Future<?> unused = run.later().schedule(this::begin, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}

package io.synod.api.server;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.synod.runtime.port.RateLimitedLog;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * Counts messages above the size limit of gRPC. gRPC ends their calls by itself, with
 * RESOURCE_EXHAUSTED and its own text; nothing of them was executed.
 */
final class Oversized extends ServerStreamTracer.Factory {
  private final LongAdder count = new LongAdder();
  private final RateLimitedLog log = new RateLimitedLog(LoggerFactory.getLogger(Oversized.class));

  long count() {
    return count.sum();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new ServerStreamTracer() {
      @Override
      public void streamClosed(Status status) {
        // A call that a service refuses ends normally for the stream; only the transport reports
        // this.
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
          count.increment();
          log.warn(
              "refused a message of a client for {}: it exceeds limits.commandBytesMax by more than"
                  + " 1 MiB",
              method);
        }
      }
    };
  }
}

package io.synod.api.call;

import io.grpc.StatusRuntimeException;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import java.util.HexFormat;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps exceptions to the errors that clients receive. An unexpected exception gets an incident
 * number, which is in the answer and in the log; nothing else of it is sent.
 */
public final class ErrorMapping {
  private static final Logger LOG = LoggerFactory.getLogger("synod.api");
  private static final int PLACES = 4;

  private ErrorMapping() {}

  public static StatusRuntimeException refusal(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException refusal) {
      return refusal;
    }
    if (thrown instanceof CompactedException compacted) {
      return StatusErrors.compacted(compacted.index(), compacted.oldestIndex());
    }
    if (thrown instanceof RejectedExecutionException) {
      return StatusErrors.overloaded("too many reads are waiting for the disk", 1_000);
    }
    String incident = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    if (thrown instanceof JournalException) {
      LOG.error("incident {}: {}", incident, thrown.getMessage());
      return StatusErrors.damaged(incident);
    }
    // The message and type of an exception may disclose payloads and classes; source positions do
    // not.
    LOG.error("incident {}: a call failed at {}", incident, places(thrown));
    LOG.debug("incident {}", incident, thrown);
    return StatusErrors.internal(incident);
  }

  private static String places(Throwable thrown) {
    StringBuilder places = new StringBuilder();
    StackTraceElement[] trace = thrown.getStackTrace();
    for (int i = 0; i < Math.min(PLACES, trace.length); i++) {
      places.append(i == 0 ? "" : " < ");
      places.append(trace[i].getFileName()).append(':').append(trace[i].getLineNumber());
    }
    return places.toString();
  }
}

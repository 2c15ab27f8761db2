package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts and times the calls of the API by method and gRPC status code. Any thread may call it.
 * Only the methods and codes given at construction become labels, so callers cannot create series.
 */
public final class ApiCallMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String OK = "OK";
  private static final Set<String> CODES =
      Set.of(
          OK,
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private final Counter calls;
  private final Map<String, Histogram.Child> seconds = new HashMap<>();

  ApiCallMetrics(Set<String> methods, CollectorRegistry registry) {
    calls =
        Counter.build("synod_api_calls", "API calls that ended, by method and status code.")
            .labelNames("method", "code")
            .withoutExemplars()
            .register(registry);
    Histogram durations =
        Histogram.build(
                "synod_api_call_duration_seconds",
                "Time from a call's arrival to its end; for a stream, the time it was open.")
            .labelNames("method")
            .buckets(Buckets.seconds())
            .withoutExemplars()
            .register(registry);
    for (String method : methods) {
      // Created at construction, so that the first call already shows as an increase.
      calls.labels(method, OK);
      seconds.put(method, durations.labels(method));
    }
  }

  /** Counts a call that ended with this code after this time. */
  public void ended(String method, String code, long nanos) {
    Histogram.Child child = seconds.get(method);
    if (child != null && CODES.contains(code)) {
      calls.labels(method, code).inc();
      child.observe(nanos / NANOS_PER_SECOND);
    }
  }
}

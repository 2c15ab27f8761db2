package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Counts and times the proposals and reads of callers. Any thread may call any method. */
public final class CallMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<String> PROPOSAL_RESULTS =
      List.of(
          "chosen",
          "duplicate",
          "unavailable",
          "overloaded",
          "rejected",
          "indeterminate",
          "quarantined");
  private static final List<String> READ_RESULTS =
      List.of("served", "unavailable", "stale", "not_yet_applied", "overloaded", "quarantined");

  private final LongSupplier nanos;
  private final Map<String, Counter.Child> proposals = new HashMap<>();
  private final Histogram proposalSeconds;
  private final Map<ReadLevel, Map<String, Counter.Child>> reads = new EnumMap<>(ReadLevel.class);
  private final Map<ReadLevel, Histogram.Child> readSeconds = new EnumMap<>(ReadLevel.class);

  CallMetrics(LongSupplier nanos, CollectorRegistry registry) {
    this.nanos = nanos;
    Counter proposed =
        Counter.build("synod_proposals", "Proposals of callers at this node, by outcome.")
            .labelNames("result")
            .withoutExemplars()
            .register(registry);
    PROPOSAL_RESULTS.forEach(result -> proposals.put(result, proposed.labels(result)));
    proposalSeconds =
        Histogram.build("synod_proposal_duration_seconds", "Time from a proposal to its outcome.")
            .buckets(Buckets.seconds())
            .withoutExemplars()
            .register(registry);
    Counter called =
        Counter.build("synod_reads", "Reads of callers at this node, by level and outcome.")
            .labelNames("level", "result")
            .withoutExemplars()
            .register(registry);
    Histogram waited =
        Histogram.build("synod_read_duration_seconds", "Time until a read could be served.")
            .labelNames("level")
            .buckets(Buckets.seconds())
            .withoutExemplars()
            .register(registry);
    for (ReadLevel level : ReadLevel.values()) {
      String label = level.name().toLowerCase(Locale.ROOT);
      Map<String, Counter.Child> byResult = new HashMap<>();
      READ_RESULTS.forEach(result -> byResult.put(result, called.labels(label, result)));
      reads.put(level, byResult);
      readSeconds.put(level, waited.labels(label));
    }
  }

  /** Starts this proposal, and counts it when it ends. */
  public CompletableFuture<Outcome> proposal(Supplier<CompletableFuture<Outcome>> propose) {
    long begin = nanos.getAsLong();
    return propose
        .get()
        .whenComplete(
            (result, failure) -> {
              // The futures complete normally by contract; after an error the outcome would be
              // unknown.
              count(proposals, failure == null ? result(result) : "indeterminate");
              proposalSeconds.observe((nanos.getAsLong() - begin) / NANOS_PER_SECOND);
            });
  }

  /** Starts this read, and counts it once it may be served or is refused. */
  public CompletableFuture<ReadFreshness> read(
      ReadLevel level, Supplier<CompletableFuture<ReadFreshness>> read) {
    long begin = nanos.getAsLong();
    Map<String, Counter.Child> results = reads.getOrDefault(level, Map.of());
    Histogram.Child seconds = readSeconds.get(level);
    return read.get()
        .whenComplete(
            (result, failure) -> {
              count(results, failure == null ? result(result) : "unavailable");
              if (seconds != null) {
                seconds.observe((nanos.getAsLong() - begin) / NANOS_PER_SECOND);
              }
            });
  }

  private static void count(Map<String, Counter.Child> children, String result) {
    Counter.Child child = children.get(result);
    if (child != null) {
      child.inc();
    }
  }

  private static String result(Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied) {
      return applied.deduplicated() ? "duplicate" : "chosen";
    } else if (outcome instanceof Outcome.Unavailable) {
      return "unavailable";
    } else if (outcome instanceof Outcome.Overloaded) {
      return "overloaded";
    } else if (outcome instanceof Outcome.Quarantined) {
      return "quarantined";
    } else if (outcome instanceof Outcome.Indeterminate) {
      return "indeterminate";
    }
    return "rejected";
  }

  private static String result(ReadFreshness readFreshness) {
    if (readFreshness instanceof ReadFreshness.Fresh) {
      return "served";
    } else if (readFreshness instanceof ReadFreshness.Unavailable) {
      return "unavailable";
    } else if (readFreshness instanceof ReadFreshness.TooStale) {
      return "stale";
    } else if (readFreshness instanceof ReadFreshness.NotYetApplied) {
      return "not_yet_applied";
    } else if (readFreshness instanceof ReadFreshness.Quarantined) {
      return "quarantined";
    }
    return "overloaded";
  }
}

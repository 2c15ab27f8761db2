package io.synod.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;

/** Asks the other rooms for their numbers at each scrape. Sources are given before the first. */
final class OutsideReadings extends Collector {
  private final Identity identity;
  private final Map<Reading, LongSupplier> plain =
      Collections.synchronizedMap(new EnumMap<>(Reading.class));
  private final Map<PeerReading, IntToLongFunction> byPeer =
      Collections.synchronizedMap(new EnumMap<>(PeerReading.class));

  OutsideReadings(Identity identity) {
    this.identity = identity;
  }

  void source(Reading reading, LongSupplier source) {
    plain.put(reading, source);
  }

  void source(PeerReading reading, IntToLongFunction source) {
    byPeer.put(reading, source);
  }

  /** Readings that nobody gave a source for, and that are therefore missing from the page. */
  Set<Enum<?>> missing() {
    Set<Enum<?>> missing = new LinkedHashSet<>(EnumSet.allOf(Reading.class));
    missing.addAll(EnumSet.allOf(PeerReading.class));
    missing.removeAll(plain.keySet());
    missing.removeAll(byPeer.keySet());
    return missing;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    for (Reading reading : Reading.values()) {
      LongSupplier source = plain.get(reading);
      if (source != null) {
        Family family = new Family(reading.family(), reading.type(), reading.help());
        families.add(family.add(reading.sample(), (double) source.getAsLong()).build());
      }
    }
    for (PeerReading reading : PeerReading.values()) {
      IntToLongFunction source = byPeer.get(reading);
      if (source != null) {
        Family family = new Family(reading.family(), reading.type(), reading.help());
        identity
            .peers()
            .forEach(
                (node, name) ->
                    family.add(reading.sample(), (double) source.applyAsLong(node), "peer", name));
        families.add(family.build());
      }
    }
    return families;
  }
}

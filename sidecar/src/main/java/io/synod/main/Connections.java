package io.synod.main;

import io.synod.config.Config;
import io.synod.metrics.MetricSource;
import io.synod.metrics.Metrics;
import io.synod.metrics.http.HttpLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The limits of connections on each port of one sidecar, and how many are open. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private final Descriptors descriptors;
  private final AcceptLimit api;
  private final AcceptLimit peers;

  /**
   * Derives the limits from the file descriptors that this process may have.
   *
   * @throws IOException if there are too few; the message is one line
   */
  Connections(Config config) throws IOException {
    int wanted = config.limits().connectionsMax();
    int others = Wiring.members(config).size() - 1;
    descriptors = Descriptors.share(Descriptors.limitOfProcess(), wanted, others);
    if (descriptors.api() < wanted) {
      LOG.warn(
          "this process may have {} open files: {} connections of applications are taken, and not"
              + " the {} of limits.connectionsMax; raise the limit of files (ulimit -n,"
              + " LimitNOFILE=)",
          descriptors.limit(),
          descriptors.api(),
          wanted);
    }
    api = new AcceptLimit("API", descriptors.api());
    peers = new AcceptLimit("peer", descriptors.peers());
  }

  AcceptLimit api() {
    return api;
  }

  AcceptLimit peers() {
    return peers;
  }

  HttpLimits http() {
    return HttpLimits.of(descriptors.http());
  }

  /** The alarms of connections and open files; see the field {@code alarms} of the status. */
  List<String> alarms() {
    List<String> alarms = new ArrayList<>();
    if (api.isReached()) {
      alarms.add("connections_limit:api");
    }
    if (peers.isReached()) {
      alarms.add("connections_limit:peers");
    }
    if (descriptors.areScarce()) {
      alarms.add("open_files");
    }
    return alarms;
  }

  /** Registers these numbers and alarms as metrics. */
  void read(Metrics metrics) {
    metrics.alarming(this::alarms);
    metrics.read(MetricSource.API_CONNECTIONS, api::open);
    metrics.read(MetricSource.API_CONNECTIONS_MAX, descriptors::api);
    metrics.read(MetricSource.API_CONNECTIONS_REFUSED, api::refused);
    metrics.read(MetricSource.PEER_CONNECTIONS_REFUSED, peers::refused);
  }
}

package io.synod.main;

import io.synod.api.server.ApiLimits;
import io.synod.config.Address;
import io.synod.config.Config;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.state.Level;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.directory.DirectoryIdentity;
import io.synod.storage.journal.StorageSettings;
import io.synod.transport.PeerAddress;
import io.synod.transport.PeerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Converts the configuration into the settings of each package. */
final class Wiring {
  /**
   * The size of the largest frame: above the largest page plus the largest configurable command, so
   * that nodes with different limits accept each other's frames.
   */
  private static final int FRAME_BYTES_MAX = 24 << 20;

  private static final String EVERYWHERE = "*";

  private Wiring() {}

  /** The hash that identifies the cluster: of its name and the numbers of its voters. */
  static long cluster(Config config) {
    return DirectoryIdentity.cluster(config.cluster(), new TreeSet<>(config.voters().keySet()));
  }

  static Self self(Config config, long incarnation) {
    TreeSet<Integer> peers = new TreeSet<>(members(config).keySet());
    peers.remove(config.node());
    return new Self(
        config.node(),
        incarnation,
        config.priority(),
        new TreeSet<>(config.voters().keySet()),
        peers);
  }

  static Engine.Tuning engine(Config config) {
    Config.Times times = config.times();
    Config.Sizes sizes = config.sizes();
    Config.Limits limits = config.limits();
    return new Engine.Tuning(
        new Settings(
            times.heartbeat().toNanos(),
            times.election().toNanos(),
            times.resend().toNanos(),
            Settings.RESEND_FACTOR_MAX * times.resend().toNanos(),
            sizes.batchBytesMax(),
            sizes.windowSlots(),
            sizes.windowBytesMax(),
            sizes.queueBytesMax(),
            sizes.pageBytesMax(),
            sizes.recentBytesMax(),
            Settings.HEARTBEAT_HISTORY,
            Settings.MEMBERSHIP_DISTANCE),
        new CallerLimits(
            limits.pendingMax(),
            limits.pendingBytesMax(),
            limits.readsMax(),
            limits.mailboxMax(),
            limits.mailboxBytesMax(),
            sizes.recentBytesMax(),
            config.keeping().statesMax()),
        new SnapshotSettings(
            config.snapshots().logBytes(),
            config.snapshots().keepBytes(),
            config.snapshots().maxBytes(),
            config.keeping().consumerLapse().toMillis()));
  }

  static StorageSettings storage(Config config) {
    return new StorageSettings(config.sizes().tailFileBytes());
  }

  static ApiLimits api(Config config) {
    Config.Limits limits = config.limits();
    return new ApiLimits(
            limits.commandBytesMax(),
            limits.watchesMax(),
            limits.tracesMax(),
            limits.pagesMax(),
            limits.callsPerConnectionMax())
        .withUnreadBytesMax(limits.unreadBytesMax())
        .withHoldsMax(limits.holdsMax())
        .withConsumerLapseMillis(config.keeping().consumerLapse().toMillis())
        .withQuotas(config.keeping().stateBytesMax(), config.keeping().diskBytesMax());
  }

  static PeerSettings peers(Config config, DataDirectory data) {
    Map<Integer, PeerAddress> peers = new TreeMap<>();
    members(config)
        .forEach(
            (node, address) -> peers.put(node, new PeerAddress(address.host(), address.port())));
    peers.remove(config.node());
    String host = config.peer().host();
    String listen = host.equals(EVERYWHERE) ? everywhere() : host;
    PeerAddress bind = new PeerAddress(listen, config.peer().port());
    // Space for a full window and one frame, or a leader would drop what it just proposed.
    long queueBytes = config.sizes().windowBytesMax() + FRAME_BYTES_MAX;
    return PeerSettings.of(cluster(config), config.node(), data.incarnation(), bind, peers)
        .restoredFrom(data.restore())
        .withLevel(Level.supported())
        .withBounds(FRAME_BYTES_MAX, (int) Math.min(Integer.MAX_VALUE, queueBytes));
  }

  /** The wildcard address: of IPv6 and IPv4 where the machine has both. */
  private static String everywhere() {
    return new InetSocketAddress(0).getAddress().getHostAddress();
  }

  /** Every node and its address for the others. */
  static SortedMap<Integer, Address> members(Config config) {
    SortedMap<Integer, Address> members = new TreeMap<>(config.learners());
    members.putAll(config.voters());
    return members;
  }

  /** The address to listen on; unresolved if the host name cannot be resolved. */
  static InetSocketAddress bind(Address address) {
    return address.host().equals(EVERYWHERE)
        ? new InetSocketAddress((InetAddress) null, address.port())
        : new InetSocketAddress(address.host(), address.port());
  }
}

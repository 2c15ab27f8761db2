package io.synod.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.synod.api.call.ServerIdentity;
import io.synod.api.server.ApiLimits;
import io.synod.api.server.ApiServer;
import io.synod.api.server.CallObserver;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.Engine;
import io.synod.runtime.engine.Inbox;
import io.synod.runtime.engine.Loop;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.state.Level;
import io.synod.state.Limits;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.journal.StorageSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A real node with its services and a channel to them over a socket; by default it is the only
 * voter of its cluster.
 */
public final class SingleNode implements AutoCloseable {
  public final ManagedChannel channel;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final ExecutorService publisher = Executors.newSingleThreadExecutor();
  private final DataDirectory data;
  private final Loop loop;
  public final ApiServer server;

  private record Now() implements Clock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  }

  private record Nobody() implements Peers {
    @Override
    public boolean send(int to, Message message) {
      return false;
    }

    @Override
    public void formed(Formation formed) {}

    @Override
    public void requireLevel(int level) {}

    @Override
    public int supportedLevel(int peer) {
      return Level.supported();
    }
  }

  /**
   * The settings that differ from the defaults.
   *
   * @param voters how many voters the cluster has, of which only node 1 is ever started
   */
  public record Setup(int voters, ApiLimits limits, CallerLimits callerLimits, Limits state) {
    public Setup(int voters, ApiLimits limits, CallerLimits callerLimits) {
      this(voters, limits, callerLimits, Limits.defaults());
    }

    public static final Setup USUAL = new Setup(1, ApiLimits.defaults(), CallerLimits.defaults());

    private TreeSet<Integer> ids() {
      return IntStream.rangeClosed(1, voters)
          .boxed()
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  public SingleNode(Path folder) throws Exception {
    this(folder, Setup.USUAL);
  }

  public SingleNode(Path folder, Setup setup) throws Exception {
    Clock clock = new Now();
    data = DataDirectory.open(folder.resolve("data"), 7, 1, StorageSettings.defaults(), clock);
    Self self =
        new Self(1, data.incarnation(), 0, setup.ids(), new TreeSet<>(setup.ids().tailSet(2)));
    // Its nonces must be new after a restart, or the state takes a hold for a repetition.
    Inbox inbox = new Inbox(setup.callerLimits());
    Engine engine =
        new Engine(
            self,
            new Engine.Tuning(
                Settings.defaults(),
                setup.callerLimits(),
                SnapshotSettings.defaults(),
                setup.state(),
                Level.supported()),
            new NodePorts(data.journal(), new Nobody(), clock, Observer.none(), inbox),
            publisher,
            new Random(System.nanoTime()));
    loop = engine.loop(inbox, failure::complete);
    Node node = engine.node();
    server =
        new ApiServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            setup.limits(),
            node,
            new ServerIdentity("town", "1.2.3"),
            CallObserver.none());
    server.start();
    loop.start();
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    loop.close();
    publisher.shutdown();
    data.close();
    assertThat(failure).isNotDone();
  }
}

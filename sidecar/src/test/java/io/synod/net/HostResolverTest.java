package io.synod.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelLogger;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostResolverTest {
  private final Queue<Runnable> blocked = new ArrayDeque<>();
  private final List<String> lookups = new ArrayList<>();
  private final List<Object> published = new ArrayList<>();
  private boolean known = true;

  private HostResolver resolver(String host) {
    SynchronizationContext context =
        new SynchronizationContext(
            (thread, thrown) -> {
              throw new AssertionError(thrown);
            });
    NameResolver.Args args =
        NameResolver.Args.newBuilder()
            .setDefaultPort(1)
            .setProxyDetector(target -> null)
            .setSynchronizationContext(context)
            .setServiceConfigParser(
                new NameResolver.ServiceConfigParser() {
                  @Override
                  public NameResolver.ConfigOrError parseServiceConfig(
                      java.util.Map<String, ?> raw) {
                    return NameResolver.ConfigOrError.fromConfig(raw);
                  }
                })
            .setChannelLogger(
                new ChannelLogger() {
                  @Override
                  public void log(ChannelLogLevel level, String message) {}

                  @Override
                  public void log(ChannelLogLevel level, String format, Object... args) {}
                })
            .setOffloadExecutor(blocked::add)
            .build();
    return new HostResolver(host, 7402, this::lookUp, args);
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookups.add(host);
    if (!known) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {
      InetAddress.getByAddress(new byte[] {10, 0, 0, 1}),
      InetAddress.getByAddress(new byte[] {10, 0, 0, 2})
    };
  }

  private NameResolver.Listener2 listener() {
    return new NameResolver.Listener2() {
      @Override
      public void onResult(NameResolver.ResolutionResult result) {
        if (result.getAddressesOrError().hasValue()) {
          published.add(
              result.getAddressesOrError().getValue().stream()
                  .map(EquivalentAddressGroup::getAddresses)
                  .map(one -> ((InetSocketAddress) one.get(0)).toString())
                  .toList());
        } else {
          onError(result.getAddressesOrError().getStatus());
        }
      }

      @Override
      public Status onResult2(NameResolver.ResolutionResult result) {
        onResult(result);
        return Status.OK;
      }

      @Override
      public void onError(Status error) {
        published.add(String.valueOf(error.getDescription()));
      }
    };
  }

  private void unblock() {
    while (!blocked.isEmpty()) {
      blocked.remove().run();
    }
  }

  /** What gRPC's own resolver refuses, or takes for something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {"synod_1", "synod-0.synod.1ns.svc", "synod-0.", "a..b", "-a", "_", "0x7f"})
  void looksUpWhateverTheNameLooksLike(String name) {
    HostResolver resolver = resolver(name);
    resolver.start(listener());
    unblock();

    assertThat(lookups).containsExactly(name);
    assertThat(published).containsExactly(List.of("/10.0.0.1:7402", "/10.0.0.2:7402"));
    assertThat(resolver.getServiceAuthority()).doesNotContain("_");
  }

  @Test
  void looksAgainWhenAskedTo() {
    known = false;
    HostResolver resolver = resolver("moving");
    resolver.start(listener());
    resolver.refresh();
    unblock();
    assertThat(published).containsExactly("the host name moving cannot be resolved");
    known = true;

    resolver.refresh();
    resolver.refresh();
    unblock();

    assertThat(lookups).hasSize(2);
    assertThat(published.get(1)).isInstanceOf(List.class);
  }

  @Test
  void saysNothingOnceItIsEnded() {
    HostResolver resolver = resolver("moving");
    resolver.start(listener());
    resolver.shutdown();
    unblock();
    resolver.refresh();
    unblock();

    assertThat(published).isEmpty();
    assertThat(lookups).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1%lo"})
  void leadsAChannelToAServer(String host) throws Exception {
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress((InetAddress) null, 0))
            .addService(health.getHealthService())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(HostResolver.target(host, server.getPort()))
            .usePlaintext()
            .build();
    try {
      assertThat(check(channel)).isEqualTo(ServingStatus.SERVING);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  @Test
  void saysThatANameIsNotKnown() {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(HostResolver.target("no_such.invalid", 1))
            .usePlaintext()
            .build();
    try {
      assertThatThrownBy(() -> check(channel))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("the host name no_such.invalid cannot be resolved");
    } finally {
      channel.shutdownNow();
    }
  }

  private static ServingStatus check(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}

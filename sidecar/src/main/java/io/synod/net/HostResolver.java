package io.synod.net;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC name resolver that uses the system's resolver. gRPC's own one first checks the name
 * against the rules of a URI, and refuses names such as {@code synod_1} or {@code a.1ns}, which
 * hosts files, Docker and Kubernetes allow.
 */
public final class HostResolver extends NameResolver {
  private static final String SCHEME = "synod-host";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+");

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  /** Resolves a name to addresses. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  private final String host;
  private final int port;
  private final Lookup lookup;
  private final Executor blocking;
  private final SynchronizationContext context;
  // Used in the synchronization context only.
  private @Nullable Listener2 listener;
  private boolean resolving;
  private boolean ended;

  HostResolver(String host, int port, Lookup lookup, Args args) {
    this.host = host;
    this.port = port;
    this.lookup = lookup;
    Executor given = args.getOffloadExecutor();
    this.blocking = given == null ? Runnable::run : given;
    this.context = args.getSynchronizationContext();
  }

  /**
   * The target of a gRPC channel to this host.
   *
   * @param host a name, or an address; an IPv6 one without brackets
   */
  public static String target(String host, int port) {
    return SCHEME + ":///" + URLEncoder.encode(host, StandardCharsets.UTF_8) + "/" + port;
  }

  /**
   * The authority that is sent to the server. The server ignores it, so the name need not be valid
   * in a URI.
   */
  @Override
  public String getServiceAuthority() {
    if (!PLAIN.matcher(host).matches()) {
      return "synod";
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  @Override
  public void start(Listener2 newListener) {
    listener = newListener;
    resolve();
  }

  @Override
  public void refresh() {
    resolve();
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  private void resolve() {
    if (!resolving && !ended) {
      resolving = true;
      blocking.execute(
          () -> {
            StatusOr<List<EquivalentAddressGroup>> found = found();
            context.execute(() -> publish(found));
          });
    }
  }

  private StatusOr<List<EquivalentAddressGroup>> found() {
    try {
      return StatusOr.fromValue(
          Stream.of(lookup.of(host))
              .map(address -> new EquivalentAddressGroup(new InetSocketAddress(address, port)))
              .toList());
    } catch (UnknownHostException | SecurityException e) {
      return StatusOr.fromStatus(
          Status.UNAVAILABLE.withDescription("the host name " + host + " cannot be resolved"));
    }
  }

  private void publish(StatusOr<List<EquivalentAddressGroup>> found) {
    resolving = false;
    Listener2 current = listener;
    if (!ended && current != null) {
      Status unused =
          current.onResult2(ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }
  }

  private static final class Provider extends NameResolverProvider {
    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return List.of(InetSocketAddress.class);
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, Args args) {
      if (!SCHEME.equals(target.getScheme())) {
        return null;
      }
      // The path is "/host/port", whose escapes are decoded here.
      String path = target.getPath();
      int slash = path.lastIndexOf('/');
      int port = Integer.parseInt(path.substring(slash + 1));
      return new HostResolver(path.substring(1, slash), port, InetAddress::getAllByName, args);
    }
  }
}

package io.synod.client;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name resolver that uses the system's resolver. gRPC's own one refuses names that are not valid
 * in a URI, such as {@code synod_1}, which Docker assigns.
 */
final class EndpointResolver extends NameResolver {
  private static final String SCHEME = "synod-endpoint";
  private static final Pattern HOST_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?]):(\\d{1,5})");

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  private final String host;
  private final int port;
  private final Executor blocking;
  private final SynchronizationContext context;
  // Used in the synchronization context only.
  private @Nullable Listener2 listener;
  private boolean looking;
  private boolean ended;

  private EndpointResolver(String host, int port, Args args) {
    this.host = host;
    this.port = port;
    Executor given = args.getOffloadExecutor();
    this.blocking = given == null ? Runnable::run : given;
    this.context = args.getSynchronizationContext();
  }

  /** The target for gRPC; an endpoint that is not a host and port is left to gRPC. */
  static String target(String endpoint) {
    Matcher matcher = HOST_PORT.matcher(endpoint);
    if (!matcher.matches()) {
      return endpoint;
    }
    String host = matcher.group(1).replaceAll("[\\[\\]]", "");
    return SCHEME
        + ":///"
        + URLEncoder.encode(host, StandardCharsets.UTF_8)
        + "/"
        + matcher.group(2);
  }

  /** The authority that is sent to the sidecar, which ignores it. */
  @Override
  public String getServiceAuthority() {
    return "synod";
  }

  @Override
  public void start(Listener2 told) {
    listener = told;
    refresh();
  }

  @Override
  public void refresh() {
    if (!looking && !ended) {
      looking = true;
      blocking.execute(
          () -> {
            StatusOr<List<EquivalentAddressGroup>> found = found();
            context.execute(() -> tell(found));
          });
    }
  }

  @Override
  public void shutdown() {
    ended = true;
  }

  private StatusOr<List<EquivalentAddressGroup>> found() {
    try {
      return StatusOr.fromValue(
          Stream.of(InetAddress.getAllByName(host))
              .map(address -> new EquivalentAddressGroup(new InetSocketAddress(address, port)))
              .toList());
    } catch (UnknownHostException e) {
      return StatusOr.fromStatus(
          Status.UNAVAILABLE.withDescription("the host name " + host + " cannot be resolved"));
    }
  }

  private void tell(StatusOr<List<EquivalentAddressGroup>> found) {
    looking = false;
    Listener2 told = listener;
    if (!ended && told != null) {
      Status unused =
          told.onResult2(ResolutionResult.newBuilder().setAddressesOrError(found).build());
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
      String path = target.getPath();
      int slash = path.lastIndexOf('/');
      int port = Integer.parseInt(path.substring(slash + 1));
      return new EndpointResolver(path.substring(1, slash), port, args);
    }
  }
}

package io.synod.cli.shared;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.synod.net.HostResolver;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The address of a gRPC server.
 *
 * @param text the address as the user wrote it
 * @param target the target for gRPC
 */
public record Endpoint(String text, String target) {
  private static final Pattern HOST_PORT =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+]):(\\d{1,5})");

  /** The largest message: the largest page and one entry of the largest configurable size. */
  private static final int MESSAGE_BYTES_MAX = 64 << 20;

  /** Parses {@code host:port}, {@code [address]:port} or {@code unix:/path}. */
  public static Endpoint parse(String text) {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length());
      if (path.startsWith("//")) {
        path = path.substring(2);
      }
      if (path.length() > 1 && path.startsWith("/")) {
        return new Endpoint(text, "unix://" + path);
      }
      throw new IllegalArgumentException("'" + text + "' needs an absolute path after unix:");
    }
    Matcher matcher = HOST_PORT.matcher(text);
    if (matcher.matches()) {
      int port = Integer.parseInt(matcher.group(2));
      if (port >= 1 && port <= 65535) {
        String host = matcher.group(1);
        boolean brackets = host.startsWith("[");
        return new Endpoint(
            text,
            HostResolver.target(brackets ? host.substring(1, host.length() - 1) : host, port));
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not an endpoint; write host:port or unix:/path");
  }

  /** A builder of a plaintext channel to this address. */
  public ManagedChannelBuilder<?> channel() {
    return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
        .maxInboundMessageSize(MESSAGE_BYTES_MAX);
  }

  @Override
  public String toString() {
    return text;
  }

  /** Called by picocli. */
  public static final class Converter implements ITypeConverter<Endpoint> {
    /** Called by picocli. */
    public Converter() {}

    @Override
    public Endpoint convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}

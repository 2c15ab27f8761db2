package io.synod.api.server;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;

/**
 * A marshaller that passes requests on unparsed, so that they are parsed behind the {@link
 * CallInterceptor}. gRPC itself would answer a malformed message with UNKNOWN, which in this API
 * means that the request may have been executed.
 */
final class RawRequests implements MethodDescriptor.Marshaller<InputStream> {

  /** The service behind an interceptor. */
  static ServerServiceDefinition behind(ServerInterceptor gate, BindableService service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useMarshalledMessages(service.bindService(), new RawRequests()), gate);
  }

  @Override
  public InputStream stream(InputStream message) {
    return message;
  }

  @Override
  public InputStream parse(InputStream message) {
    return message;
  }
}

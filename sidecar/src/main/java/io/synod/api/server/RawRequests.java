package io.synod.api.server;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.InputStream;

/**
 * Hands requests on as they came, so that they are parsed behind the {@link CallInterceptor}: gRPC
 * itself would answer bytes that are no message with UNKNOWN, which here means that something may
 * have been executed.
 */
final class RawRequests implements MethodDescriptor.Marshaller<InputStream> {

  /** The service behind a gate. */
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

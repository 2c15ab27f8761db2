package io.synod.api.server;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * The status of the gRPC health service. Any thread may set it. Initially the sidecar is alive, and
 * neither started nor ready. The overall service, "", equals "readiness".
 */
public final class Health {
  private final HealthStatusManager manager = new HealthStatusManager();

  /** Alive, not started, not ready. */
  public Health() {
    live(true);
    started(false);
    ready(false);
  }

  /** Whether the loop and the disk make progress; independent of other nodes. */
  public void live(boolean live) {
    set("liveness", live);
  }

  /** Whether the log was replayed and the API serves. */
  public void started(boolean started) {
    set("startup", started);
  }

  /** Whether the application may use this sidecar; does not depend on a quorum. */
  public void ready(boolean ready) {
    set("readiness", ready);
    set(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ready);
  }

  BindableService service() {
    return manager.getHealthService();
  }

  private void set(String service, boolean serving) {
    manager.setStatus(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }
}

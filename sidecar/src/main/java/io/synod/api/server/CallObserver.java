package io.synod.api.server;

/** Observes the end of every call. Any thread calls it; it must be quick and must not throw. */
@FunctionalInterface
public interface CallObserver {

  /**
   * A call ended.
   *
   * @param method its service and name, such as {@code synod.v1.Log/Propose}
   * @param code its gRPC status code, such as {@code OK} or {@code UNAVAILABLE}
   * @param nanos the time from its arrival to its end
   */
  void ended(String method, String code, long nanos);

  /** An observer that does nothing. */
  static CallObserver none() {
    return (method, code, nanos) -> {};
  }
}

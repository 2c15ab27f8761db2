package io.synod.api.server;

/** Told of every call that ended. Called by any thread; must be quick and must not throw. */
@FunctionalInterface
public interface CallObserver {

  /**
   * A call ended.
   *
   * @param method its service and name, as {@code synod.v1.Log/Propose}
   * @param code its gRPC status code, as {@code OK} or {@code UNAVAILABLE}
   * @param nanos from its arrival to its end
   */
  void ended(String method, String code, long nanos);

  /** Tells nobody. */
  static CallObserver none() {
    return (method, code, nanos) -> {};
  }
}

package io.synod.transport;

/** How an attempt to connect to an address ended. */
enum ConnectResult {
  /** A process accepted the connection. */
  ACCEPTED,
  /** The host answered that no process listens at the address. */
  REFUSED,
  /** The host did not answer in time, or cannot be reached. */
  UNANSWERED
}

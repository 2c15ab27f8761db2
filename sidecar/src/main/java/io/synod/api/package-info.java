/**
 * The client API: gRPC services with checked requests and typed errors. It may import {@code
 * runtime}, {@code paxos} and {@code state}. Calls arrive on the event loops of the server and
 * never block there: work that may read the disk runs on small thread pools, and an answer is sent
 * from the thread on which the node completes it.
 */
@NullMarked
package io.synod.api;

import org.jspecify.annotations.NullMarked;

/**
 * Runs one replica: the ports that adapters implement, the cycle, the loop that turns it, and
 * pending calls. It may import {@code paxos} and {@code state}. One thread owns the cycle; each
 * type states what other threads may call.
 */
@NullMarked
package io.synod.runtime;

import org.jspecify.annotations.NullMarked;

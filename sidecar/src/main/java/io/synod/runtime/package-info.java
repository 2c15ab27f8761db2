/**
 * Runs one replica: the ports that adapters fill, the cycle, the loop that turns it, and what
 * callers wait for. May import {@code paxos} and {@code state}. One thread owns the cycle; each
 * type says what other threads may call.
 */
@NullMarked
package io.synod.runtime;

import org.jspecify.annotations.NullMarked;

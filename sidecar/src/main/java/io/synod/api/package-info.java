/**
 * The client services on localhost. May import {@code runtime}, {@code paxos} and {@code state}.
 */
@NullMarked
package io.synod.api;

import org.jspecify.annotations.NullMarked;

/**
 * The client services on localhost: what comes in is checked, what goes wrong is typed. May import
 * {@code runtime}, {@code paxos} and {@code state}. Calls arrive on the event loops of the server
 * and never block there: what may read the disk goes to small pools, and answers leave from
 * whatever thread the node completes them on.
 */
@NullMarked
package io.synod.api;

import org.jspecify.annotations.NullMarked;

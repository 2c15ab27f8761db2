/**
 * The interfaces of a node for its users: proposals and reads with their outcomes, status,
 * availability.
 */
@NullMarked
package io.synod.runtime.node;

import org.jspecify.annotations.NullMarked;

/** What the cycle and the applier drive: the hooks of a node's parts, and what these are told. */
@NullMarked
package io.synod.runtime.turn;

import org.jspecify.annotations.NullMarked;

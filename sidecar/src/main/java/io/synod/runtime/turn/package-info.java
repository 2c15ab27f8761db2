/** The hooks of a node's parts, which the cycle and the applier call, and their parameters. */
@NullMarked
package io.synod.runtime.turn;

import org.jspecify.annotations.NullMarked;

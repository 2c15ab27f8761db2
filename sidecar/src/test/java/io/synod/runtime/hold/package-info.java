/** Tests of holds and of the sessions behind them. */
@NullMarked
package io.synod.runtime.hold;

import org.jspecify.annotations.NullMarked;

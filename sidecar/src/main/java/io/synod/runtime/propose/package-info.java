/** Proposals that wait for their turn and their outcome, of callers and of the sidecar itself. */
@NullMarked
package io.synod.runtime.propose;

import org.jspecify.annotations.NullMarked;

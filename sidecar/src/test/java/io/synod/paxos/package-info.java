/** Tests of the core: each gives inputs, and expects an exact output. */
@NullMarked
package io.synod.paxos;

import org.jspecify.annotations.NullMarked;

/** Tests of the core: given these inputs, expect exactly this output. */
@NullMarked
package io.synod.paxos;

import org.jspecify.annotations.NullMarked;

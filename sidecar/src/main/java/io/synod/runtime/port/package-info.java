/** The ports that adapters implement: disk, peers, clock, observer; and the limits of a node. */
@NullMarked
package io.synod.runtime.port;

import org.jspecify.annotations.NullMarked;

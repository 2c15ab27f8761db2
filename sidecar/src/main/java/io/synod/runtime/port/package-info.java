/** The ports that adapters fill: disk, peers, clock, observer; and the bounds of a node. */
@NullMarked
package io.synod.runtime.port;

import org.jspecify.annotations.NullMarked;

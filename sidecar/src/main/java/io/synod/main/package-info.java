/** Wires the rooms together, and holds the {@code synod} command line. May import everything. */
@NullMarked
package io.synod.main;

import org.jspecify.annotations.NullMarked;

/** The wiring of one sidecar, and the {@code synod} command line. It may import everything. */
@NullMarked
package io.synod.main;

import org.jspecify.annotations.NullMarked;

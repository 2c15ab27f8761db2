/** The commands of consumers and of the snapshots that they hand over. */
@NullMarked
package io.synod.cli.snapshot;

import org.jspecify.annotations.NullMarked;

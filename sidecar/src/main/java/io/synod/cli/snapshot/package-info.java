/** The commands of consumers and their snapshots, and of the built-in state's snapshots. */
@NullMarked
package io.synod.cli.snapshot;

import org.jspecify.annotations.NullMarked;

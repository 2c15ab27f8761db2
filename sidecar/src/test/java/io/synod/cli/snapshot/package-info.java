/** Tests of the commands of consumers and snapshots. */
@NullMarked
package io.synod.cli.snapshot;

import org.jspecify.annotations.NullMarked;

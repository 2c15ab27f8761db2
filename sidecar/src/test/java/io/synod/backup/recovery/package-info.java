/** Tests of the recovery of a cluster that lost its quorum for good. */
@NullMarked
package io.synod.backup.recovery;

import org.jspecify.annotations.NullMarked;

/**
 * Recovers a cluster that lost its quorum for good: reads the disks that are left, and writes what
 * they hold as a backup.
 */
@NullMarked
package io.synod.backup.recovery;

import org.jspecify.annotations.NullMarked;

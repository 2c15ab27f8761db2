/** Disks for tests, and tests of files. */
@NullMarked
package io.synod.storage.disk;

import org.jspecify.annotations.NullMarked;

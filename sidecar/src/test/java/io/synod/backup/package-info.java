/** Tests of backups: the format, and the commands. */
@NullMarked
package io.synod.backup;

import org.jspecify.annotations.NullMarked;

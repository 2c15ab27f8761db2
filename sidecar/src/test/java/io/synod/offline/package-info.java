/** Tests of the command that reads the data directory of a stopped node. */
@NullMarked
package io.synod.offline;

import org.jspecify.annotations.NullMarked;

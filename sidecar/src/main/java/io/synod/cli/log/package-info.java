/** The commands of the command log: propose, read, watch. */
@NullMarked
package io.synod.cli.log;

import org.jspecify.annotations.NullMarked;

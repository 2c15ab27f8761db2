/** Tests of the commands of the command log. */
@NullMarked
package io.synod.cli.log;

import org.jspecify.annotations.NullMarked;

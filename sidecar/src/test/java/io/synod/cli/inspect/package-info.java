/** Tests of the commands for operators. */
@NullMarked
package io.synod.cli.inspect;

import org.jspecify.annotations.NullMarked;

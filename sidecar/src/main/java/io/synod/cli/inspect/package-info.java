/** The commands for operators: status, explain, elections, trace, transfer. */
@NullMarked
package io.synod.cli.inspect;

import org.jspecify.annotations.NullMarked;

/** Tests of commands. */
@NullMarked
package io.synod.state.command;

import org.jspecify.annotations.NullMarked;

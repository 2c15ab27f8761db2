/** Commands of the log as the replicated state reads them. Uses {@code encoding}. */
@NullMarked
package io.synod.state.command;

import org.jspecify.annotations.NullMarked;

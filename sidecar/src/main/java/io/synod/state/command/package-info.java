/** The commands of the log as the replicated state decodes them. It uses {@code encoding}. */
@NullMarked
package io.synod.state.command;

import org.jspecify.annotations.NullMarked;

package io.synod.state.result;

import io.synod.state.command.Entry;
import org.jspecify.annotations.Nullable;

/**
 * An entry and the result of applying it.
 *
 * @param index its index among all commands
 * @param position its position in its batch, from 0
 * @param entry null if the command is no entry
 */
public record Applied(long index, int position, @Nullable Entry entry, Result result) {}

package io.synod.state.result;

import io.synod.state.command.Entry;
import org.jspecify.annotations.Nullable;

/**
 * An entry and what applying it did.
 *
 * @param index its place among all commands
 * @param position its place in its batch, from 0
 * @param entry null if it is no entry
 */
public record Applied(long index, int position, @Nullable Entry entry, Result result) {}

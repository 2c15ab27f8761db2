/**
 * The results of commands: results, replies, changes of pairs, and their encoding. It uses {@code
 * encoding} and {@code command}.
 */
@NullMarked
package io.synod.state.result;

import org.jspecify.annotations.NullMarked;

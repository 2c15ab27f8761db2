/**
 * What commands did: results, replies, changes of pairs, and their encoding. Uses {@code encoding}
 * and {@code command}.
 */
@NullMarked
package io.synod.state.result;

import org.jspecify.annotations.NullMarked;

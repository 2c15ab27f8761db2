/** The encoding and decoding of numbers, texts and payloads, their digest and their order. */
@NullMarked
package io.synod.state.encoding;

import org.jspecify.annotations.NullMarked;

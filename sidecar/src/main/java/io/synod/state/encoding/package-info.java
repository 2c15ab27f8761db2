/** How numbers, texts and payloads are written and read back, their digest and their order. */
@NullMarked
package io.synod.state.encoding;

import org.jspecify.annotations.NullMarked;

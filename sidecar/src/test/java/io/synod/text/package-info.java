/** Tests of how people write values. */
@NullMarked
package io.synod.text;

import org.jspecify.annotations.NullMarked;

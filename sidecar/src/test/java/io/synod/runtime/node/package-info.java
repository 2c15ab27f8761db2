/** Tests of what a node says of itself. */
@NullMarked
package io.synod.runtime.node;

import org.jspecify.annotations.NullMarked;

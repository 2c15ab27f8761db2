/** The replicated state held against a second, simple telling of what it should do. */
@NullMarked
package io.synod.state;

import org.jspecify.annotations.NullMarked;

/** Sessions that are kept alive for applications here, and the holds of locks that rest on them. */
@NullMarked
package io.synod.runtime.hold;

import org.jspecify.annotations.NullMarked;

/** Tests of how host names are resolved. */
@NullMarked
package io.synod.net;

import org.jspecify.annotations.NullMarked;

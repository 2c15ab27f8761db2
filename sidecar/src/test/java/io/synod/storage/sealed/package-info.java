/** Tests of segments and streams. */
@NullMarked
package io.synod.storage.sealed;

import org.jspecify.annotations.NullMarked;

/** Tests of reads, of the feed and of earlier states. */
@NullMarked
package io.synod.runtime.read;

import org.jspecify.annotations.NullMarked;

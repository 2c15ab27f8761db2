/** Tests of reads, feeds and the history. */
@NullMarked
package io.synod.runtime.read;

import org.jspecify.annotations.NullMarked;

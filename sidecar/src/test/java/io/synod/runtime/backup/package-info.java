/** Tests of clusters that begin with restored states. */
@NullMarked
package io.synod.runtime.backup;

import org.jspecify.annotations.NullMarked;

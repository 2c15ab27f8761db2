/** Tests of the whole code: dependencies between packages, sizes, names and time limits. */
@NullMarked
package io.synod;

import org.jspecify.annotations.NullMarked;

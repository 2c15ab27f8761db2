/** Tests of the command line and of whole sidecars. */
@NullMarked
package io.synod.main;

import org.jspecify.annotations.NullMarked;

/** Tests of the client API, over a fake node in memory. */
@NullMarked
package io.synod.api;

import org.jspecify.annotations.NullMarked;

/** Tests of the client services, over an in-memory node. */
@NullMarked
package io.synod.api;

import org.jspecify.annotations.NullMarked;

/** Tests of the load generator and its commands, against real servers in this process. */
@NullMarked
package io.synod.bench;

import org.jspecify.annotations.NullMarked;

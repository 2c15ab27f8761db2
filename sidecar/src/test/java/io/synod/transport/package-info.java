/** The codec against random and hostile bytes, and peers over real loopback connections. */
@NullMarked
package io.synod.transport;

import org.jspecify.annotations.NullMarked;

/** Tests of the client, against a sidecar in memory that misbehaves on demand. */
@NullMarked
package io.synod.client;

import org.jspecify.annotations.NullMarked;

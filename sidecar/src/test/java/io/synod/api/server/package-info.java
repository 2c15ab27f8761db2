/** Tests of the server of the client API. */
@NullMarked
package io.synod.api.server;

import org.jspecify.annotations.NullMarked;

/** The server of the client API: it listens, limits calls, and passes them to the services. */
@NullMarked
package io.synod.api.server;

import org.jspecify.annotations.NullMarked;

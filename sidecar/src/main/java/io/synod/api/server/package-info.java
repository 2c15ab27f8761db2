/**
 * The server of the client API: it listens, checks and limits calls, and hands them to the
 * services.
 */
@NullMarked
package io.synod.api.server;

import org.jspecify.annotations.NullMarked;

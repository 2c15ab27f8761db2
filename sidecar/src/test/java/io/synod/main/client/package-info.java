/** Tests of the client commands against real gRPC servers with canned answers. */
@NullMarked
package io.synod.main.client;

import org.jspecify.annotations.NullMarked;

/**
 * How host names are resolved, for peers and for the endpoints of the command line: by whatever the
 * system resolves, at every dial. May import gRPC.
 */
@NullMarked
package io.synod.net;

import org.jspecify.annotations.NullMarked;

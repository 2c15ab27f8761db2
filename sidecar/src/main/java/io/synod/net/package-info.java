/**
 * The resolution of host names, for peers and for the endpoints of the command line: by the
 * system's resolver, at every dial. It may import gRPC.
 */
@NullMarked
package io.synod.net;

import org.jspecify.annotations.NullMarked;

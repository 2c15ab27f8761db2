/** Tests of what {@code deploy/} holds, by the tools of those who will use it. */
@NullMarked
package io.synod.deploy;

import org.jspecify.annotations.NullMarked;

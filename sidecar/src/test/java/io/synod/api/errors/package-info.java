/** Tests of every reason for which a call fails, each provoked through the wire. */
@NullMarked
package io.synod.api.errors;

import org.jspecify.annotations.NullMarked;

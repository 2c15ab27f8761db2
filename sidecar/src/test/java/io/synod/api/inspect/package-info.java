/** Tests of the services for operators. */
@NullMarked
package io.synod.api.inspect;

import org.jspecify.annotations.NullMarked;

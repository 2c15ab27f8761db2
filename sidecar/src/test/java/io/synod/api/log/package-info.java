/** Tests of the services of the command log. */
@NullMarked
package io.synod.api.log;

import org.jspecify.annotations.NullMarked;

/** The services of the replicated map. */
@NullMarked
package io.synod.api.kv;

import org.jspecify.annotations.NullMarked;

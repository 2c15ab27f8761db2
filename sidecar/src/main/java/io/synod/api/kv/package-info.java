/** The service of the replicated key-value map. */
@NullMarked
package io.synod.api.kv;

import org.jspecify.annotations.NullMarked;

/** The services of sessions, locks and elections. */
@NullMarked
package io.synod.api.lock;

import org.jspecify.annotations.NullMarked;

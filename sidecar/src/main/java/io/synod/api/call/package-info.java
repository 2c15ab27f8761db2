/**
 * What all services of the client API share: checked fields, deadlines, typed errors, and streams
 * at the speed of their reader.
 */
@NullMarked
package io.synod.api.call;

import org.jspecify.annotations.NullMarked;

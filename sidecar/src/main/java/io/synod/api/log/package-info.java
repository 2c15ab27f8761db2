/**
 * The services of the command log: propose, read, watch, and what consumers acknowledge and hand
 * over.
 */
@NullMarked
package io.synod.api.log;

import org.jspecify.annotations.NullMarked;

/**
 * The service of the command log: proposals, reads, watches, and the consumers with their
 * acknowledgements and snapshots.
 */
@NullMarked
package io.synod.api.log;

import org.jspecify.annotations.NullMarked;

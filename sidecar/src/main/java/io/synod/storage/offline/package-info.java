/**
 * Reads the data directory of a node that does not run, and changes nothing. It uses the other
 * packages of {@code storage}.
 */
@NullMarked
package io.synod.storage.offline;

import org.jspecify.annotations.NullMarked;

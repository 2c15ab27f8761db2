/**
 * The journal: it appends to the tail, seals what was applied, and keeps the snapshots. Uses {@code
 * disk}, {@code tail} and {@code sealed}.
 */
@NullMarked
package io.synod.storage.journal;

import org.jspecify.annotations.NullMarked;

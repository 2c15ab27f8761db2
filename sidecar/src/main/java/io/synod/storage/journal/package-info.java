/**
 * The journal: it appends to the tail, seals applied slots, and keeps the snapshots. It uses {@code
 * disk}, {@code tail} and {@code sealed}.
 */
@NullMarked
package io.synod.storage.journal;

import org.jspecify.annotations.NullMarked;

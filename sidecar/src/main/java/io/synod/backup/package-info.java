/**
 * The commands that make, check and restore backups. They are no part of {@code cli}, which must
 * not use {@code runtime} and {@code storage}.
 */
@NullMarked
package io.synod.backup;

import org.jspecify.annotations.NullMarked;

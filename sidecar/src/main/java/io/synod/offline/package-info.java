/**
 * The command that reads the data directory of a node that does not run. It uses {@code storage} to
 * read and {@code cli.shared} to print.
 */
@NullMarked
package io.synod.offline;

import org.jspecify.annotations.NullMarked;

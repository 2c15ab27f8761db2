/** Tests of the repository's pages: the names in them exist, and the commands in them work. */
@NullMarked
package io.synod.pages;

import org.jspecify.annotations.NullMarked;

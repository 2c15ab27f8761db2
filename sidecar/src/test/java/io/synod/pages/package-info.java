/** The repository's pages: what they name exists, and what they tell readers to type works. */
@NullMarked
package io.synod.pages;

import org.jspecify.annotations.NullMarked;

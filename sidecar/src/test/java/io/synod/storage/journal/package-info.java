/** Tests of the journal. */
@NullMarked
package io.synod.storage.journal;

import org.jspecify.annotations.NullMarked;

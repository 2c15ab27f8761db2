/** Tests of the commands of the replicated map. */
@NullMarked
package io.synod.cli.kv;

import org.jspecify.annotations.NullMarked;

/** Tests of what commands have in common, and a sidecar with canned answers for all of them. */
@NullMarked
package io.synod.cli.shared;

import org.jspecify.annotations.NullMarked;

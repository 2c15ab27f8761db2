/**
 * What users of a node see of it: proposals and reads with their outcomes, status, availability.
 */
@NullMarked
package io.synod.runtime.node;

import org.jspecify.annotations.NullMarked;

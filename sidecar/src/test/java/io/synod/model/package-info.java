/** Tests of the design of memberships by a model in TLA+, which TLC checks. */
@NullMarked
package io.synod.model;

import org.jspecify.annotations.NullMarked;

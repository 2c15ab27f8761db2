/** The walkthroughs of {@code sdk/} against real sidecars, and what a client sees of a fault. */
@NullMarked
package io.synod.sdk;

import org.jspecify.annotations.NullMarked;

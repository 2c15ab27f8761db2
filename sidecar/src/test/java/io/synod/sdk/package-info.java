/** The walkthroughs of {@code sdk/} against real sidecars, and the effects of faults on clients. */
@NullMarked
package io.synod.sdk;

import org.jspecify.annotations.NullMarked;

/**
 * Real processes for tests: sidecars from the packaged jar, and other programs. Only for tests that
 * run after the jar is packaged; nothing here outlives the test that started it.
 */
@NullMarked
package io.synod.processes;

import org.jspecify.annotations.NullMarked;

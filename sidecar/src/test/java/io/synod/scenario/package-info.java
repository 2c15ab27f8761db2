/**
 * Scenario files: conversations of a small cluster over memory, step by step, each compared with
 * the text that a file keeps of it. May import everything. Nothing here sleeps.
 */
@NullMarked
package io.synod.scenario;

import org.jspecify.annotations.NullMarked;

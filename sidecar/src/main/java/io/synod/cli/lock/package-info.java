/** The commands of locks and elections, and the supervision of processes that run under a lock. */
@NullMarked
package io.synod.cli.lock;

import org.jspecify.annotations.NullMarked;

/** Tests of the commands of locks and elections, and of the processes under a lock. */
@NullMarked
package io.synod.cli.lock;

import org.jspecify.annotations.NullMarked;

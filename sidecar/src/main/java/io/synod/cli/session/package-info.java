/** The commands of sessions. */
@NullMarked
package io.synod.cli.session;

import org.jspecify.annotations.NullMarked;

/** The services for operators: status, alarms, votes and traces. */
@NullMarked
package io.synod.api.inspect;

import org.jspecify.annotations.NullMarked;

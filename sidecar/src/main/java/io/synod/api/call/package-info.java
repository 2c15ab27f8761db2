/**
 * What every call of the client API needs: checked fields, deadlines, typed errors, answers that
 * wait for their reader.
 */
@NullMarked
package io.synod.api.call;

import org.jspecify.annotations.NullMarked;

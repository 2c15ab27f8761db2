/**
 * Sessions that are kept alive for applications at this node, and the holds of locks that depend on
 * them.
 */
@NullMarked
package io.synod.runtime.hold;

import org.jspecify.annotations.NullMarked;

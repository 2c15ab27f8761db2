/** What holds for the whole house: who may import whom, and how large a thing may grow. */
@NullMarked
package io.synod;

import org.jspecify.annotations.NullMarked;

/** The commands of the replicated map: get, put, delete, list, txn, and the watch of keys. */
@NullMarked
package io.synod.cli.kv;

import org.jspecify.annotations.NullMarked;

package io.synod.api.kv;

/** The pairs that a watch follows: one key, or all keys under a prefix. */
record KvFilter(String key, boolean prefix) {
  boolean matches(String changed) {
    return prefix ? changed.startsWith(key) : changed.equals(key);
  }
}

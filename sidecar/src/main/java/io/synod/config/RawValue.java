package io.synod.config;

/**
 * A value as it was given.
 *
 * @param name of the key
 * @param text the value
 * @param where its source, for people: {@code synod.yaml:3}, {@code SYNOD_NODE}, {@code --node}
 */
public record RawValue(String name, String text, String where) {}

package io.synod.config;

/**
 * A value as somebody wrote it.
 *
 * @param name of the key
 * @param text the value
 * @param where it was found, for people: {@code synod.yaml:3}, {@code SYNOD_NODE}, {@code --node}
 */
public record RawValue(String name, String text, String where) {}

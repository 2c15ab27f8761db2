package io.synod.config;

import java.util.List;

/** A configuration that nobody can run with: every problem, a line each. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** With all of them. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** A line each, the first not the most important. */
  public List<String> problems() {
    return problems;
  }
}

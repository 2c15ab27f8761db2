package io.synod.config;

import java.util.List;

/** Reports an invalid configuration: every problem, a line each. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** Creates it with all problems. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems, a line each, in no particular order. */
  public List<String> problems() {
    return problems;
  }
}

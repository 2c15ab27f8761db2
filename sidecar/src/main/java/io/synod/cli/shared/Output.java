package io.synod.cli.shared;

/** How answers are printed. */
public enum Output {
  /** For people. */
  HUMAN,
  /** One JSON document a line, by protobuf's JSON mapping. */
  JSON;

  /** For picocli. */
  public static final class Converter extends Words<Output> {
    /** For picocli. */
    public Converter() {
      super(Output.class, "");
    }
  }
}

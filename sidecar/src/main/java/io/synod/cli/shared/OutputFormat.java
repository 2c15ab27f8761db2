package io.synod.cli.shared;

/** The output format of answers. */
public enum OutputFormat {
  /** Text for people. */
  HUMAN,
  /** One JSON document a line, by protobuf's JSON mapping. */
  JSON;

  /** Called by picocli. */
  public static final class Converter extends EnumNames<OutputFormat> {
    /** Called by picocli. */
    public Converter() {
      super(OutputFormat.class, "");
    }
  }
}

package io.synod.cli.shared;

/** How answers are printed. */
public enum OutputFormat {
  /** For people. */
  HUMAN,
  /** One JSON document a line, by protobuf's JSON mapping. */
  JSON;

  /** For picocli. */
  public static final class Converter extends EnumNames<OutputFormat> {
    /** For picocli. */
    public Converter() {
      super(OutputFormat.class, "");
    }
  }
}

package io.synod.main;

/** The {@code synod} command. */
public final class Synod {
  private Synod() {}

  /** Runs one command and exits with its status. */
  public static void main(String[] args) {}
}

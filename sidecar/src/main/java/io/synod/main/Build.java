package io.synod.main;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The version of this build, as written by the build itself.
 *
 * @param version the version of this program
 * @param revision the revision of its source; {@code unknown} if the build was not given one
 */
public record Build(String version, String revision) {
  private static final Build CURRENT = read();

  /** This build. */
  public static Build current() {
    return CURRENT;
  }

  private static Build read() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("/synod-build.properties")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks synod-build.properties");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("synod-build.properties cannot be read", e);
    }
    return new Build(
        properties.getProperty("version", "unknown"),
        properties.getProperty("revision", "unknown"));
  }
}

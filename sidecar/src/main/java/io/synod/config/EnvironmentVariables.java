package io.synod.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code SYNOD_*} environment variables. */
public final class EnvironmentVariables {
  private static final String PREFIX = "SYNOD_";

  /** Read by the launcher and by clients, which may share the environment. */
  private static final Set<String> OTHERS =
      Set.of(
          "SYNOD_CONFIG",
          "SYNOD_DEBUG",
          "SYNOD_ENDPOINT",
          "SYNOD_HOME",
          "SYNOD_JAVA_OPTS",
          "SYNOD_MAX_RETRIES",
          "SYNOD_TIMEOUT",
          "SYNOD_TOKEN",
          "SYNOD_WAIT_READY");

  /** Set by Kubernetes in every pod for a Service whose name begins with synod. */
  private static final Pattern SERVICE =
      Pattern.compile(
          "SYNOD_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

  private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

  private EnvironmentVariables() {}

  /** Adds the variables as one layer. */
  public static void addTo(ConfigLayers layers, Map<String, String> environment) {
    Map<String, ConfigKey<?>> keies = new TreeMap<>();
    ConfigKeys.all().forEach(key -> keies.put(key.env(), key));
    List<RawValue> given = new ArrayList<>();
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith(PREFIX) || OTHERS.contains(name) || isService(variable)) {
        continue;
      }
      ConfigKey<?> key = keies.get(name);
      if (key != null) {
        given.add(new RawValue(key.name(), variable.getValue().strip(), name));
      } else {
        String nearest = Suggestion.of(name.substring(PREFIX.length()), shortNames(keies));
        layers.problem(
            name
                + ": unknown variable"
                + (nearest == null
                    ? "; see: synod config keys"
                    : "; did you mean " + PREFIX + nearest + "?"));
      }
    }
    layers.add(given);
  }

  private static List<String> shortNames(Map<String, ConfigKey<?>> keies) {
    return keies.keySet().stream().map(name -> name.substring(PREFIX.length())).toList();
  }

  private static boolean isService(Map.Entry<String, String> variable) {
    return SERVICE.matcher(variable.getKey()).matches()
        || (variable.getKey().endsWith("_PORT")
            && SERVICE_LINK.matcher(variable.getValue()).matches());
  }
}

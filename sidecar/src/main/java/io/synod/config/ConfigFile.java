package io.synod.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a configuration file, in the format of its suffix: {@code .properties}, {@code .yaml} or
 * {@code .yml}. In YAML a key may be dotted or nested, and a list value may be a YAML list.
 */
public final class ConfigFile {
  private static final long BYTES_MAX = 1 << 20;

  private final ConfigLayers layers;
  private final String name;
  private final List<RawValue> given = new ArrayList<>();

  private ConfigFile(ConfigLayers layers, String name) {
    this.layers = layers;
    this.name = name;
  }

  /** Adds the file as one layer. */
  public static void addTo(ConfigLayers layers, Path path) {
    ConfigFile file = new ConfigFile(layers, path.toString());
    String text = file.read(path);
    if (text == null) {
      return;
    }
    if (file.name.endsWith(".properties")) {
      file.properties(text);
    } else if (file.name.endsWith(".yaml") || file.name.endsWith(".yml")) {
      file.yaml(text);
    } else {
      file.problem("must end in .yaml, .yml or .properties");
    }
    layers.add(file.given);
  }

  private @Nullable String read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        problem("is a directory, not a configuration file");
      } else if (Files.exists(path) && Files.size(path) > BYTES_MAX) {
        problem("is too large for a configuration file");
      } else {
        return Files.readString(path);
      }
    } catch (NoSuchFileException e) {
      problem("there is no such configuration file");
    } catch (AccessDeniedException e) {
      problem("cannot be read: permission denied");
    } catch (CharacterCodingException e) {
      problem("is not UTF-8 text");
    } catch (IOException e) {
      problem("cannot be read: " + e.getMessage());
    }
    return null;
  }

  private void properties(String text) {
    Properties twice =
        new Properties() {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized @Nullable Object put(Object key, Object value) {
            // Properties keep the last of two equal keys; the layer must see both to report them.
            given.add(new RawValue(key.toString(), value.toString().strip(), name));
            return null;
          }
        };
    try {
      twice.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      problem("is not a properties file: " + e.getMessage());
    }
  }

  private void yaml(String text) {
    try {
      LoadSettings settings =
          LoadSettings.builder().setLabel(name).setMaxAliasesForCollections(0).build();
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isPresent()) {
        if (root.get() instanceof MappingNode mapping) {
          flatten("", mapping);
        } else {
          problem("must hold keys and values");
        }
      }
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      layers.problem(name + line + ": is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problem("is not YAML");
    }
  }

  private void flatten(String prefix, MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      String where = where(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        layers.problem(where + ": a key must be a word");
        continue;
      }
      String full = prefix + key.getValue();
      Node value = tuple.getValueNode();
      if (value instanceof MappingNode inner && ConfigKeys.named(full) == null) {
        flatten(full + ".", inner);
      } else {
        String written = written(value);
        if (written == null) {
          layers.problem(where + ": " + full + " must be one value");
        } else {
          given.add(new RawValue(full, written.strip(), where));
        }
      }
    }
  }

  /** A scalar as written; a list or a map of scalars in its one-line form. */
  private static @Nullable String written(Node value) {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    List<String> parts = new ArrayList<>();
    if (value instanceof SequenceNode sequence) {
      for (Node node : sequence.getValue()) {
        parts.add(node instanceof ScalarNode scalar ? scalar.getValue() : null);
      }
    } else if (value instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        parts.add(
            tuple.getKeyNode() instanceof ScalarNode key
                    && tuple.getValueNode() instanceof ScalarNode scalar
                ? key.getValue() + "=" + scalar.getValue()
                : null);
      }
    }
    return parts.contains(null) ? null : String.join(",", parts);
  }

  private String where(Node node) {
    return name + node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
  }

  private void problem(String what) {
    layers.problem(name + ": " + what);
  }
}

package io.synod.deploy;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The Kubernetes manifests, one document each. */
record Manifests(List<JsonObject> documents) {

  static Manifests parse(String yaml) {
    List<JsonObject> documents = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      documents.add(new Gson().toJsonTree(document).getAsJsonObject());
    }
    return new Manifests(documents);
  }

  /** Refuses any field that Kubernetes does not know, at any depth. */
  void validate() throws IOException {
    for (JsonObject document : documents) {
      String kind = document.get("apiVersion").getAsString() + " " + kind(document);
      switch (kind) {
        case "v1 Service" -> V1Service.validateJsonElement(document);
        case "apps/v1 StatefulSet" -> V1StatefulSet.validateJsonElement(document);
        case "policy/v1 PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(document);
        default -> throw new AssertionError("nothing here checks a " + kind);
      }
    }
  }

  static String kind(JsonObject document) {
    return document.get("kind").getAsString();
  }

  JsonObject only(String kind) {
    List<JsonObject> found = documents.stream().filter(each -> kind(each).equals(kind)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " documents of kind " + kind);
    }
    return found.get(0);
  }

  /** The specification of the stateful set's pods. */
  JsonObject pod() {
    return at(only("StatefulSet"), "spec", "template", "spec");
  }

  /** The sidecar, which is an init container that goes on. */
  JsonObject sidecar() {
    JsonArray containers = pod().getAsJsonArray("initContainers");
    return containers.get(0).getAsJsonObject();
  }

  /** What a container's environment is in the pod of this name. */
  static Map<String, String> environment(JsonObject container, String podName) {
    Map<String, String> environment = new TreeMap<>();
    for (JsonElement each : container.getAsJsonArray("env")) {
      JsonObject variable = each.getAsJsonObject();
      JsonElement value = variable.get("value");
      if (value == null) {
        String path = at(variable, "valueFrom", "fieldRef").get("fieldPath").getAsString();
        if (!path.equals("metadata.name")) {
          throw new AssertionError("nothing here knows the field " + path);
        }
        environment.put(variable.get("name").getAsString(), podName);
      } else {
        environment.put(variable.get("name").getAsString(), value.getAsString());
      }
    }
    return environment;
  }

  static List<String> strings(JsonElement array) {
    List<String> strings = new ArrayList<>();
    array.getAsJsonArray().forEach(each -> strings.add(each.getAsString()));
    return strings;
  }

  static JsonObject at(JsonObject from, String... path) {
    JsonObject here = from;
    for (String name : path) {
      JsonObject next = here.getAsJsonObject(name);
      if (next == null) {
        throw new AssertionError("no " + name + " in " + String.join(".", path));
      }
      here = next;
    }
    return here;
  }
}

package io.synod.bench.compare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.Measurement;

/** A comparison as one JSON document, with every round. A figure that there is not is null. */
final class JsonDocument {
  private JsonDocument() {}

  static String of(ComparisonReport report) {
    JsonObject document = new JsonObject();
    document.add("setting", setting(report.setting()));
    JsonArray loads = new JsonArray();
    report.loads().forEach(load -> loads.add(load(load)));
    document.add("loads", loads);
    JsonArray memory = new JsonArray();
    report
        .memory()
        .forEach(
            (name, most) -> {
              JsonObject process = new JsonObject();
              process.addProperty("process", name);
              process.addProperty("peakKib", most.peakKib());
              process.addProperty("privateKib", most.privateKib());
              memory.add(process);
            });
    document.add("memory", memory);
    return new GsonBuilder().serializeNulls().setPrettyPrinting().create().toJson(document);
  }

  private static JsonObject setting(Setting setting) {
    JsonObject object = new JsonObject();
    object.addProperty("date", setting.date().toString());
    object.addProperty("synod", setting.subjects().synod());
    object.addProperty("etcd", setting.subjects().etcd());
    object.addProperty("processors", setting.machine().processors());
    object.addProperty("processor", setting.machine().processor());
    object.addProperty("system", setting.machine().system());
    object.addProperty("java", setting.machine().java());
    object.addProperty("disk", setting.disk().type());
    object.add("syncMillis", number(setting.disk().syncMillis()));
    object.add("slowSyncMillis", number(setting.disk().slowSyncMillis()));
    LoadOptions load = setting.effort().load();
    object.addProperty("bytes", load.size.bytes);
    object.addProperty("rounds", setting.effort().rounds());
    object.add("seconds", number(load.duration.toMillis() / 1e3));
    object.add("warmupSeconds", number(load.warmup.toMillis() / 1e3));
    object.add("preheatSeconds", number(setting.effort().preheat().toMillis() / 1e3));
    object.addProperty("connectionsPerMember", load.connections);
    object.addProperty("threads", load.threads);
    object.addProperty("watchers", load.watchers);
    return object;
  }

  private static JsonObject load(ComparedLoad load) {
    JsonObject object = new JsonObject();
    object.addProperty("operation", load.operation().optionName());
    object.addProperty("inFlight", load.inFlight());
    object.add("speedRatio", spread(load.speedRatio()));
    object.add("cpuRatio", spread(load.cpuRatio()));
    object.add("synod", figures(load.synod()));
    object.add("etcd", figures(load.etcd()));
    return object;
  }

  private static JsonObject figures(ClusterFigures figures) {
    Measurement whole = figures.whole();
    JsonObject object = new JsonObject();
    object.add("operationsPerSecond", spread(figures.perSecond()));
    object.add("serverCpuMicrosPerOperation", spread(figures.serverMicros()));
    object.add("generatorCpuMicrosPerOperation", spread(figures.generatorMicros()));
    object.add("coresBusy", spread(figures.cores()));
    JsonObject latencies = new JsonObject();
    for (double percentile : new double[] {50, 90, 99, 99.9}) {
      String name = "p" + Double.toString(percentile).replaceFirst("\\.0$", "");
      latencies.add(name, number(whole.millis(percentile)));
    }
    latencies.add("max", number(whole.maxMillis()));
    object.add("latencyMillis", latencies);
    if (whole.watched()) {
      object.add("writesPerSecond", number(whole.writesPerSecond()));
    }
    JsonObject errors = new JsonObject();
    whole.errors().forEach(errors::addProperty);
    object.add("errors", errors);
    JsonArray rounds = new JsonArray();
    figures.rounds().forEach(round -> rounds.add(number(round.perSecond())));
    object.add("roundsPerSecond", rounds);
    return object;
  }

  private static JsonObject spread(Spread spread) {
    JsonObject object = new JsonObject();
    object.add("median", number(spread.median()));
    object.add("least", number(spread.least()));
    object.add("most", number(spread.most()));
    return object;
  }

  /** To the thousandth. */
  private static JsonElement number(double figure) {
    return Double.isFinite(figure)
        ? new JsonPrimitive(Math.round(figure * 1e3) / 1e3)
        : JsonNull.INSTANCE;
  }
}

package io.synod.bench.failover;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Locale;

/** A measurement as one JSON document, with every round. A time that there is not is null. */
final class FailoverJson {
  private FailoverJson() {}

  static String of(FailoverReport report) {
    FailoverReport.Conditions conditions = report.conditions();
    JsonObject document = new JsonObject();
    document.addProperty("date", conditions.date().toString());
    JsonArray versions = new JsonArray();
    conditions.versions().forEach(versions::add);
    document.add("versions", versions);
    document.addProperty("processors", conditions.machine().processors());
    document.addProperty("processor", conditions.machine().processor());
    document.addProperty("system", conditions.machine().system());
    document.addProperty("java", conditions.machine().java());
    document.addProperty("disk", conditions.disk().type());
    document.add("syncMillis", number(conditions.disk().syncMillis()));
    document.add("slowSyncMillis", number(conditions.disk().slowSyncMillis()));
    document.addProperty("fault", conditions.fault().word());
    report
        .all()
        .forEach(
            figures ->
                document.add(figures.subject().title().toLowerCase(Locale.ROOT), of(figures)));
    return new GsonBuilder().serializeNulls().setPrettyPrinting().create().toJson(document);
  }

  private static JsonObject of(FailoverFigures figures) {
    JsonObject object = new JsonObject();
    object.add("gapSeconds", of(figures.gaps()));
    object.add("longestSeconds", of(figures.longest()));
    object.addProperty("roundsWithoutWrite", figures.withoutWrite());
    JsonObject failed = new JsonObject();
    figures.failedCalls().forEach(failed::addProperty);
    object.add("failedCalls", failed);
    JsonArray rounds = new JsonArray();
    for (FailoverRound round : figures.rounds()) {
      JsonObject one = new JsonObject();
      one.add("gapSeconds", number(round.gapSeconds()));
      one.add("longestSeconds", number(round.longestSeconds()));
      rounds.add(one);
    }
    object.add("rounds", rounds);
    return object;
  }

  private static JsonObject of(GapPercentiles percentiles) {
    JsonObject object = new JsonObject();
    object.add("p50", number(percentiles.at(50)));
    object.add("p90", number(percentiles.at(90)));
    object.add("p99", number(percentiles.at(99)));
    object.add("max", number(percentiles.at(100)));
    return object;
  }

  /** To the thousandth. */
  private static JsonElement number(double figure) {
    return Double.isFinite(figure)
        ? new JsonPrimitive(Math.round(figure * 1e3) / 1e3)
        : JsonNull.INSTANCE;
  }
}

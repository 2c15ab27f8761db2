package io.synod.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * A scenario file: its description, and its steps, each with the events that follow.
 *
 * <p>A line that begins with {@code #} is prose, one that begins with {@code >} is a step, and the
 * indented lines below a step are what happened in it.
 *
 * @param prose the lines before the first step, without their marks
 */
record ScenarioFile(List<String> prose, List<ScenarioStep> steps) {

  /**
   * A step.
   *
   * @param remarks the prose before it
   * @param happened what happened, a line each
   */
  record ScenarioStep(List<String> remarks, String command, List<String> happened) {}

  static ScenarioFile parse(String text) {
    List<String> prose = new ArrayList<>();
    List<ScenarioStep> steps = new ArrayList<>();
    List<String> remarks = prose;
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("#")) {
        remarks.add(line.substring(1).strip());
      } else if (line.startsWith(">")) {
        List<String> before = steps.isEmpty() ? List.of() : remarks;
        steps.add(new ScenarioStep(before, line.substring(1).strip(), new ArrayList<>()));
        remarks = new ArrayList<>();
      } else if (line.startsWith("  ")) {
        steps.get(steps.size() - 1).happened.add(line.substring(2));
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException("neither prose nor a step: " + line);
      }
    }
    return new ScenarioFile(prose, steps);
  }

  String render() {
    StringBuilder text = new StringBuilder();
    for (String line : prose) {
      text.append(line.isEmpty() ? "#" : "# " + line).append('\n');
    }
    text.append('\n');
    boolean apart = false;
    for (ScenarioStep step : steps) {
      text.append(apart && !step.remarks.isEmpty() ? "\n" : "");
      step.remarks.forEach(line -> text.append("# ").append(line).append('\n'));
      text.append("> ").append(step.command).append('\n');
      step.happened.forEach(line -> text.append("  ").append(line).append('\n'));
      apart = true;
    }
    return text.toString();
  }

  /** The classes in whose Javadoc the race is told, as files below {@code io/synod}. */
  List<String> describedIn() {
    List<String> files = new ArrayList<>();
    for (String line : prose) {
      if (line.startsWith("Told in ")) {
        files.addAll(List.of(line.substring("Told in ".length()).replace(".", "").split(", ", -1)));
      }
    }
    return files;
  }
}

package io.synod.scenario;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs the steps of one scenario on an in-memory cluster. */
final class ScenarioRun {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long FORMING_MILLIS = 3_000;

  private final Transcript transcript = new Transcript();
  private final List<LinkPattern> cuts = new ArrayList<>();
  private final MessageRules lost = new MessageRules();
  private final MessageRules held = new MessageRules();
  private final MessageRules copied = new MessageRules();
  // What callers wait for.
  private final List<CompletableFuture<Void>> answers = new ArrayList<>();
  private @Nullable TestCluster running;
  private int size;
  private long firstIndex;

  /** Takes the steps of a file; returns the file with what happened. */
  static ScenarioFile run(ScenarioFile file) {
    ScenarioRun run = new ScenarioRun();
    List<ScenarioFile.ScenarioStep> steps = new ArrayList<>();
    for (ScenarioFile.ScenarioStep step : file.steps()) {
      run.take(step.command());
      steps.add(
          new ScenarioFile.ScenarioStep(step.remarks(), step.command(), run.transcript.take()));
    }
    run.answers.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
    return new ScenarioFile(file.prose(), steps);
  }

  private TestCluster cluster() {
    return Objects.requireNonNull(running, "a scenario begins with its nodes");
  }

  private Node node(int node) {
    return cluster().node(node);
  }

  /** Runs a step, and its immediate consequences. */
  private void take(String command) {
    String[] words = command.split(" +", 2);
    String rest = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "nodes" -> begin(rest);
      case "tick" -> cluster().run(millis(rest));
      case "settle" -> quietly(() -> cluster().run(millis(rest)));
      case "show" -> show();
      case "cut", "heal", "lose", "hold", "copy", "flow", "deliver" -> link(words[0], rest);
      case "propose", "read", "transfer", "fill", "snapshot" -> call(words[0], rest);
      default -> process(words[0], rest);
    }
    if (!words[0].equals("nodes")) {
      cluster().run(1);
    }
  }

  private static long millis(String text) {
    return text.endsWith("ms")
        ? Long.parseLong(text.substring(0, text.length() - 2))
        : 1_000 * Long.parseLong(text.substring(0, text.length() - 1));
  }

  private void quietly(Runnable action) {
    transcript.silence(true);
    action.run();
    transcript.silence(false);
  }

  // ---- the cluster

  /** {@code 3}, {@code 3 led by 1}, {@code 3 led by 1 keeping little}. */
  private void begin(String rest) {
    String[] words = rest.split(" +", -1);
    size = Integer.parseInt(words[0]);
    TestCluster cluster =
        rest.endsWith("keeping little") ? TestCluster.keepingLittle(size) : new TestCluster(size);
    running = cluster;
    cluster.listen(transcript);
    cluster.cut(link -> cuts.stream().anyMatch(cut -> cut.matches(link)));
    cluster.lose(lost::match);
    cluster.hold(held::match);
    cluster.copy(copied::match);
    if (words.length == 1) {
      transcript.tellGreetings();
      return;
    }
    int leader = Integer.parseInt(words[3]);
    cluster.stop(leader);
    cluster.startPreferred(leader);
    quietly(() -> cluster.run(FORMING_MILLIS));
    for (int node = 1; node <= size; node++) {
      // Its session for what callers propose is open from now on.
      int each = node;
      quietly(() -> cluster.await(propose(each, "begin")));
    }
    quietly(() -> cluster.run(FORMING_MILLIS));
    firstIndex = node(leader).appliedLog().appliedIndex() + 1;
    show();
  }

  private void show() {
    for (int node = 1; node <= size; node++) {
      transcript.add(cluster().isUp(node) ? state(node) : node + " is down");
    }
  }

  private String state(int number) {
    NodeStatus status = node(number).inspection().status();
    AppliedLog log = node(number).appliedLog();
    StringJoiner values = new StringJoiner(" ", ": ", "").setEmptyValue("");
    long from = Math.max(firstIndex, log.oldestIndex());
    int large = 0;
    for (AppliedLog.Item item : log.page(from, 1_000, Integer.MAX_VALUE).entries()) {
      if (item.entry().payload().bytes().length > Phrases.LONG_PAYLOAD) {
        large++;
      } else if (item.entry().kind() == Entry.Kind.COMMAND) {
        values.add(Phrases.entry(item.entry()));
      }
    }
    if (large > 0) {
      values.add("and " + large + " large ones");
    }
    return number
        + " is "
        + status.role()
        + ", leader "
        + status.leader()
        + ", promised "
        + status.promised()
        + ", applied slots to "
        + status.appliedSlot()
        + values;
  }

  private void process(String action, String rest) {
    String[] words = rest.split(" +", 2);
    int node = Integer.parseInt(words[0]);
    switch (action) {
      case "crash" -> {
        if (words.length == 1) {
          cluster().stop(node);
        } else if (words[1].equals("in its next sync")) {
          cluster().losePower(node);
        } else {
          throw new IllegalArgumentException("no such step: crash " + rest);
        }
      }
      case "restart" -> cluster().start(node);
      case "wipe" -> {
        cluster().stop(node);
        cluster().wipe(node);
      }
      case "pause" -> cluster().pause(node);
      case "resume" -> cluster().resume(node);
      default -> throw new IllegalArgumentException("no such step: " + action);
    }
  }

  // ---- links

  private void link(String action, String rest) {
    switch (action) {
      case "cut" -> cuts.add(LinkPattern.parse(rest));
      case "heal" -> cuts.clear();
      case "lose" -> lost.add(rest);
      case "hold" -> held.add(rest);
      case "copy" -> copied.add(rest);
      case "flow" -> {
        lost.clear();
        held.clear();
        copied.clear();
      }
      default -> cluster().release(MessageRules.of(rest)::match).forEach(transcript::delivered);
    }
  }

  // ---- callers

  private void call(String action, String rest) {
    String[] words = rest.split(" +", -1);
    int node = Integer.parseInt(words[0]);
    switch (action) {
      case "propose" -> {
        String name = words.length > 3 ? words[3] : "";
        NewEntry entry = new NewEntry(Entry.Kind.COMMAND, "", name, payload(words[1]));
        answers.add(
            node(node)
                .proposer()
                .propose(entry, PATIENCE)
                .thenAccept(
                    outcome -> transcript.add(node + " answers " + words[1] + text(outcome))));
      }
      case "read" ->
          answers.add(
              node(node)
                  .reads()
                  .read(ReadLevel.STRONG, Duration.ZERO, 0, PATIENCE)
                  .thenAccept(fresh -> transcript.add(node + " answers a read" + text(fresh))));
      case "transfer" ->
          answers.add(
              node(node)
                  .maintenance()
                  .handOver(Integer.parseInt(words[2]), PATIENCE)
                  .thenAccept(done -> transcript.add(node + " has handed over: " + done)));
      case "fill" ->
          quietly(() -> fill(node, Integer.parseInt(words[1]), Integer.parseInt(words[3])));
      default -> quietly(() -> cluster().await(node(node).maintenance().takeSnapshot(PATIENCE)));
    }
  }

  private void fill(int node, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      cluster().await(propose(node, "x".repeat(bytes)));
    }
  }

  private CompletableFuture<Outcome> propose(int node, String text) {
    return node(node).proposer().propose("", payload(text), PATIENCE);
  }

  private static Payload payload(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Outcome outcome) {
    return outcome instanceof Outcome.Applied applied
        ? ": in slot "
            + applied.slot()
            + ", index "
            + applied.index()
            + (applied.deduplicated() ? ", by another attempt" : "")
        : ": " + outcome.getClass().getSimpleName();
  }

  private static String text(ReadFreshness read) {
    return read instanceof ReadFreshness.Fresh fresh
        ? ": index " + fresh.appliedIndex()
        : ": " + read.getClass().getSimpleName();
  }
}

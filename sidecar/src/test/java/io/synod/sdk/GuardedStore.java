package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.synod.processes.ChildProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The store to which contenders write: a Node process, and the file of its decisions. */
final class GuardedStore implements AutoCloseable {
  private final Path socket;
  private final JsonLines file;
  private final ChildProgram program;
  private final List<Write> writes = new ArrayList<>();

  GuardedStore(String node, Path programs, Path folder, Path logs) {
    this.socket = folder.resolve("store.sock");
    Path path = folder.resolve("store.jsonl");
    this.file = new JsonLines(path);
    this.program =
        ChildProgram.start(
            "store",
            logs,
            List.of(
                node,
                programs.resolve("store.js").toString(),
                "--socket=" + socket,
                "--file=" + path,
                "--exit-with-stdin"));
  }

  Path socket() {
    return socket;
  }

  /** The highest accepted token; 0 if there is none. */
  long highest() {
    List<Write> writes = writes();
    for (int last = writes.size() - 1; last >= 0; last--) {
      if (writes.get(last).accepted()) {
        return writes.get(last).token();
      }
    }
    return 0;
  }

  /** All attempted writes, in the order of their decisions. */
  List<Write> writes() {
    List<JsonObject> lines = file.all();
    lines.subList(writes.size(), lines.size()).forEach(line -> writes.add(Write.of(line)));
    return Collections.unmodifiableList(writes);
  }

  /** How often the lock passed to another holder, by the accepted tokens. */
  long handOvers() {
    long tokens =
        writes().stream().filter(Write::accepted).mapToLong(Write::token).distinct().count();
    return Math.max(0, tokens - 1);
  }

  /**
   * Checks from the order of writes alone that a write was accepted if and only if no greater token
   * had been, and that no two contenders wrote with the same token.
   */
  void assertFenced() {
    long highest = 0;
    Map<Long, String> holders = new HashMap<>();
    for (Write write : writes()) {
      assertThat(write.accepted())
          .as("%s after %d", write, highest)
          .isEqualTo(write.token() >= highest);
      highest = Math.max(highest, write.token());
      assertThat(holders.merge(write.token(), write.by(), (one, same) -> one))
          .as("the only holder of token %d", write.token())
          .isEqualTo(write.by());
    }
  }

  ChildProgram program() {
    return program;
  }

  @Override
  public void close() {
    program.close();
  }

  /** An attempted write. */
  record Write(long token, String by, boolean accepted) {
    static Write of(JsonObject json) {
      return new Write(
          json.get("token").getAsLong(),
          json.get("by").getAsString(),
          json.get("accepted").getAsBoolean());
    }
  }
}

package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Consumer;
import io.synod.state.Limits;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.journal.StorageSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code synod restore} on the sample backup; a test class extends it. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class RestoreSteps {
  static final long SKIP = 1_000_000_000L;
  static final String PEERS = "1=127.0.0.1:7402,2=127.0.0.1:7412,3=127.0.0.1:7422";
  private static final Pattern CLUSTER = Pattern.compile("cluster digest ([0-9a-f]+)");

  @TempDir Path dir;
  final SampleBackup sample = new SampleBackup();
  Path file;
  String out = "";
  String err = "";

  @BeforeEach
  void writeABackup() throws IOException {
    file = Files.write(dir.resolve("town.backup"), sample.bytes());
  }

  int restore(Path backup, Path data, int node, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("restore", backup.toString(), "--data", data.toString(), "--node", "" + node));
    args.addAll(List.of(more));
    if (!args.contains("--peers")) {
      args.addAll(List.of("--peers", PEERS));
    }
    ByteArrayOutputStream data0 = new ByteArrayOutputStream();
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    int status = InProcess.run(data0, talk, args.toArray(String[]::new));
    out = data0.toString(StandardCharsets.UTF_8);
    err = talk.toString(StandardCharsets.UTF_8);
    return status;
  }

  /** Restores a directory and returns the digest of its cluster. */
  long restored(String name, int node, String... more) {
    assertThat(restore(file, dir.resolve(name), node, more)).as(err).isEqualTo(ExitStatus.OK);
    Matcher matcher = CLUSTER.matcher(out);
    assertThat(matcher.find()).as(out).isTrue();
    return Long.parseUnsignedLong(matcher.group(1), 16);
  }

  void refused(String line, Path data, Path backup) throws IOException {
    assertThat(restore(backup, data, 1)).isEqualTo(ExitStatus.ERROR);
    assertThat(err).startsWith("synod: ").contains(line).hasLineCount(1);
    assertThat(out).isEmpty();
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private record StoppedClock() implements Clock {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  /** Opens a directory as a start does; the cluster is known by its name and voters. */
  DataDirectory open(String name, String cluster, int node) {
    return DataDirectory.open(
        dir.resolve(name),
        Long.parseUnsignedLong(cluster, 16),
        node,
        StorageSettings.defaults(),
        new StoppedClock());
  }

  /** The digest by which a node of the original cluster knows its own. */
  static String original() {
    return Long.toHexString(InProcess.cluster("--node", "1", "--data", "x", "--peers", PEERS));
  }

  /** Checks that the directory begins with the state of the backup. */
  void check(DataDirectory data) {
    State before = sample.state();
    long index = before.index() + SKIP;
    try (StoredSnapshot snapshot = Objects.requireNonNull(data.journal().snapshot())) {
      State state = StoredState.decode(snapshot, Limits.defaults());
      assertThat(state.mark())
          .isEqualTo(
              new State.Mark(
                  before.slot(), index, before.mark().logTimeMillis(), before.mark().digest()));
      assertThat(state.get("city")).isEqualTo(before.get("city"));
      Lock lock = Objects.requireNonNull(state.lock("printer"));
      assertThat(lock.token()).isEqualTo(sample.token());
      assertThat(state.sessionCount()).isEqualTo(before.sessionCount());
      assertThat(state.consumers()).hasSize(1);
      Consumer consumer = Objects.requireNonNull(state.consumer("ledger"));
      assertThat(consumer.everyCopy()).isEmpty();
      Consumer.Snapshot safe = Objects.requireNonNull(consumer.safeSnapshot());
      assertThat(safe.index()).isEqualTo(index);
      assertThat(safe.holders()).containsExactly(1, 2, 3);
      assertThat(safe.quorum()).isEqualTo(2);
      assertThat(state.neededFrom(0)).isEqualTo(index + 1);
    }
    try (StreamReader app =
        Objects.requireNonNull(data.journal().appSnapshots().open("ledger", index))) {
      assertThat(app.read(0, 1 << 20)).isEqualTo(SampleBackup.APP);
    }
  }
}

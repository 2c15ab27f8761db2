package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.synod.deploy.Tool;
import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests that the contract in {@code proto/} follows the style rules, and stays compatible with
 * {@code contract.binpb}. Each rule must also reject a contract that breaks it.
 */
class ContractIT {
  private static final Path PROTO = ChildProgram.root().resolve("proto");
  private static final String BASELINE = PROTO.resolve("contract.binpb").toString();
  private static final String COMMON = "synod/v1/common.proto";
  private static final String LOG = "synod/v1/log.proto";
  private static final String PEER = "synod/peer/v1/peer.proto";

  private final Tool buf = Tool.of("buf");

  @TempDir private Path directory;

  @Test
  void keepsTheStyle() {
    assertThat(styleFaults(PROTO)).isEmpty();
  }

  @Test
  void breaksNobody() {
    assertThat(breaksOfClients(PROTO)).isEmpty();
    assertThat(breaksOfPeers(PROTO)).isEmpty();
  }

  /** Otherwise a field missing from the baseline could be changed without notice. */
  @Test
  void isWhatTheBaselineHolds() throws IOException {
    Map<String, FileDescriptorProto> now = files(image(PROTO));
    Map<String, FileDescriptorProto> before = files(Path.of(BASELINE));
    Set<String> differing = new TreeSet<>(now.keySet());
    differing.addAll(before.keySet());
    differing.removeIf(file -> now.containsKey(file) && now.get(file).equals(before.get(file)));
    assertThat(differing)
        .as("$(deploy/tools.sh buf) build proto -o proto/contract.binpb --exclude-source-info")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    LOG + ", EntryKind kind, EntryKind theKind, FIELD_LOWER_SNAKE_CASE",
    LOG + ", BarrierRequest, BarrierAsk, RPC_REQUEST_STANDARD_NAME",
    LOG + ", BarrierResponse, BarrierAnswer, RPC_RESPONSE_STANDARD_NAME",
    LOG + ", ENTRY_KIND_SESSION, SESSION_KIND, ENUM_VALUE_PREFIX",
    LOG
        + ", '// Forgets a consumer that will not come back: all its copies and its snapshots.',"
        + " '', COMMENT_RPC",
  })
  void findsEachFaultOfStyle(String file, String text, String other, String rule)
      throws IOException {
    assertThat(styleFaults(planted(file, text, other))).containsExactly(rule);
  }

  @ParameterizedTest
  @CsvSource({
    COMMON + ", int32 priority = 2, uint32 priority = 2, FIELD_SAME_TYPE",
    COMMON + ", int32 priority = 2;, '', FIELD_NO_DELETE",
    COMMON + ", int32 priority = 2, int32 priority = 9, FIELD_NO_DELETE",
    COMMON + ", int32 priority, int32 urgency, FIELD_SAME_NAME",
    COMMON + ", READ_LEVEL_LOCAL, READ_LEVEL_HERE, ENUM_VALUE_SAME_NAME",
    LOG + ", rpc DropConsumer, rpc ForgetConsumer, RPC_NO_DELETE",
    LOG + ", (ReadRequest), (stream ReadRequest), RPC_SAME_CLIENT_STREAMING",
  })
  void findsWhatBreaksClients(String file, String text, String other, String rule)
      throws IOException {
    Path changed = planted(file, text, other);
    assertThat(breaksOfClients(changed)).contains(rule);
    assertThat(breaksOfPeers(changed)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "int32 from = 2, string from = 2, FIELD_WIRE_COMPATIBLE_TYPE",
    "int32 from = 2;, '', FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
    "stream Frame, Frame, RPC_SAME_CLIENT_STREAMING",
  })
  void findsWhatBreaksPeers(String text, String other, String rule) throws IOException {
    Path changed = planted(PEER, text, other);
    assertThat(breaksOfPeers(changed)).containsExactly(rule);
    assertThat(breaksOfClients(changed)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"int32 from = 2, int32 sender = 2", "int32 from = 2;, reserved 2;"})
  void letsPeersDropAndRename(String text, String other) throws IOException {
    assertThat(breaksOfPeers(planted(PEER, text, other))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({COMMON + ", int32 priority = 2;, 'int32 priority = 2; int32 more = 99;'"})
  void letsTheContractGrow(String file, String text, String other) throws IOException {
    assertThat(breaksOfClients(planted(file, text, other))).isEmpty();
  }

  /** A copy of the contract in which a text of one file is replaced. */
  private Path planted(String file, String text, String other) throws IOException {
    Path copy = directory.resolve("proto");
    try (Stream<Path> sources = Files.walk(PROTO)) {
      for (Path source : sources.filter(ContractIT::isOfTheContract).toList()) {
        Path target = copy.resolve(PROTO.relativize(source).toString());
        Files.createDirectories(target.getParent());
        Files.copy(source, target);
      }
    }
    String before = Files.readString(copy.resolve(file));
    assertThat(before).contains(text);
    Files.writeString(copy.resolve(file), before.replace(text, other));
    return copy;
  }

  private static boolean isOfTheContract(Path file) {
    String name = PROTO.relativize(file).toString();
    return !name.startsWith("target") && (name.endsWith(".proto") || name.endsWith(".yaml"));
  }

  private Set<String> styleFaults(Path proto) {
    return rules(buf.run("lint", proto.toString(), "--error-format=json"));
  }

  private Set<String> breaksOfClients(Path proto) {
    return rules(
        buf.run("breaking", proto.toString(), "--against", BASELINE, "--error-format=json"));
  }

  private Set<String> breaksOfPeers(Path proto) {
    String config = PROTO.resolve("buf.peer.yaml").toString();
    String image = image(proto).toString();
    return rules(
        buf.run(
            "breaking", image, "--config", config, "--against", BASELINE, "--error-format=json"));
  }

  private Path image(Path proto) {
    Path image = directory.resolve("image.binpb");
    Tool.Run built =
        buf.run("build", proto.toString(), "-o", image.toString(), "--exclude-source-info");
    assertThat(built.exit()).as(built.err()).isZero();
    return image;
  }

  /** The names of the broken rules. */
  private static Set<String> rules(Tool.Run run) {
    Set<String> rules =
        run.out()
            .lines()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("type").getAsString())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(rules.isEmpty() ? 0 : 100);
    return rules;
  }

  private static Map<String, FileDescriptorProto> files(Path image) throws IOException {
    return FileDescriptorSet.parseFrom(Files.readAllBytes(image)).getFileList().stream()
        .collect(
            Collectors.toMap(
                FileDescriptorProto::getName, file -> file, (one, same) -> one, TreeMap::new));
  }
}

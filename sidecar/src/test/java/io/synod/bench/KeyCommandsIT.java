package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.DeleteResponse;
import io.synod.v1.GetResponse;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.KvWatchResponse.Changes;
import io.synod.v1.ListResponse;
import io.synod.v1.PutResponse;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests the commands of the replicated map, each in a process, against three sidecars. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class KeyCommandsIT {
  private static final String AT = "mod index (\\d+), version ";

  @TempDir static Path dir;
  private ThreeSidecars threeSidecars;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    threeSidecars = ThreeSidecars.start(dir);
  }

  @AfterAll
  void stop() {
    threeSidecars.close();
  }

  @Test
  void writesAtOneSidecarAndReadsAtAnother() throws Exception {
    String index =
        ThreeSidecars.match(AT + "1\n", threeSidecars.ok(1, "put", "a/grüße", "one")).group(1);
    String second =
        ThreeSidecars.match(
                AT + "2, created at " + index + "\n", threeSidecars.ok(2, "put", "a/grüße", "two"))
            .group(1);

    assertThat(threeSidecars.ok(3, "get", "a/grüße")).isEqualTo("two");
    assertThat(threeSidecars.ok(3, "get", "a/grüße", "--at-index", index)).isEqualTo("one");
    assertThat(threeSidecars.ok(3, "get", "a/grüße", "--level=session", "--at-least", second))
        .isEqualTo("two");
    assertThat(threeSidecars.ok(3, "get", "a/grüße", "--level=bounded", "--max-staleness=1h"))
        .isEqualTo("two");
    assertThat(threeSidecars.synod().run(threeSidecars.node(3), "get", "-v", "a/grüße").err())
        .startsWith(
            "# mod index " + second + ", version 2, created at " + index + "; strong read at")
        .contains(" at node 3, applied through index ");

    KeyValue kv =
        ThreeSidecars.parse(
                threeSidecars.ok(2, "get", "a/grüße", "-o", "json"), GetResponse.newBuilder())
            .getKv();
    assertThat(kv.getKey()).isEqualTo("a/grüße");
    assertThat(kv.getValue().toStringUtf8()).isEqualTo("two");
    assertThat(kv.getModIndex()).isEqualTo(Long.parseLong(second));
    PutResponse put =
        ThreeSidecars.parse(
                threeSidecars.ok(2, "put", "a/grüße", "three", "-o", "json"),
                PutResponse.newBuilder())
            .build();
    assertThat(put.getKv().getVersion()).isEqualTo(3);
    assertThat(put.getPrevious().getValue().toStringUtf8()).isEqualTo("two");
  }

  @Test
  void takesAndGivesAnyBytesThroughPipes() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    ByteString value = ByteString.copyFrom(all);
    Path file = Files.write(dir.resolve("all-bytes"), all);

    CommandRunner.Result piped =
        threeSidecars.synod().feed(value, threeSidecars.node(1), "put", "b/pipe", "-");
    assertThat(piped.err()).isEmpty();
    assertThat(threeSidecars.ok(1, "put", "b/file", "-f", file.toString()))
        .startsWith("mod index ");

    assertThat(threeSidecars.synod().run(threeSidecars.node(2), "get", "b/pipe").bytes())
        .isEqualTo(value);
    assertThat(threeSidecars.synod().run(threeSidecars.node(3), "get", "b/file").bytes())
        .isEqualTo(value);
    threeSidecars.refused(
        ExitStatus.ERROR, "cannot read " + dir + "/none", 1, "put", "b/x", "-f", dir + "/none");
  }

  @Test
  void writesOnConditionAndOnce() throws Exception {
    String index =
        ThreeSidecars.match(AT + "1\n", threeSidecars.ok(1, "put", "c/k", "v", "--if-mod-index=0"))
            .group(1);
    threeSidecars.refused(
        ExitStatus.UNHEALTHY, "CONDITION_FAILED: ", 2, "put", "c/k", "w", "--if-mod-index=0");
    threeSidecars.refused(
        ExitStatus.UNHEALTHY, "CONDITION_FAILED: ", 2, "delete", "c/k", "--if-mod-index=1");
    assertThat(threeSidecars.ok(3, "get", "c/k")).isEqualTo("v");

    String once = threeSidecars.ok(1, "put", "c/k", "w", "--if-mod-index", index, "--request-id=r");
    assertThat(threeSidecars.ok(2, "put", "c/k", "w", "--if-mod-index", index, "--request-id=r"))
        .isEqualTo(once.strip() + "  (the remembered answer)\n");
    threeSidecars.refused(
        ExitStatus.USAGE, "REQUEST_ID_REUSED: ", 3, "put", "c/k", "z", "--request-id=r");
  }

  @Test
  void listsAndDeletes() throws Exception {
    for (String key : List.of("d/1", "d/2", "d/3", "e/1")) {
      threeSidecars.ok(1, "put", key, "of " + key);
    }
    CommandRunner.Result listed = threeSidecars.synod().run(threeSidecars.node(2), "list", "d/");
    assertThat(listed.outLines()).hasSize(4);
    assertThat(listed.outLines().get(0)).isEqualTo("MOD INDEX VERSION  KEY = VALUE");
    assertThat(listed.out()).contains("  d/1 = of d/1\n").doesNotContain("e/1");
    assertThat(listed.err())
        .startsWith("# 3 keys at index ")
        .contains("; follow with: synod watch --prefix d/ --from ");
    assertThat(threeSidecars.ok(3, "list", "d/", "--keys-only")).isEqualTo("d/1\nd/2\nd/3\n");
    assertThat(threeSidecars.ok(3, "list", "d/", "--keys-only", "--limit=2"))
        .isEqualTo("d/1\nd/2\n");
    ListResponse page =
        ThreeSidecars.parse(
                threeSidecars.ok(2, "list", "d/", "-o", "json"), ListResponse.newBuilder())
            .build();
    assertThat(page.getKvsList())
        .extracting(KeyValue::getKey, kv -> kv.getValue().toStringUtf8())
        .contains(tuple("d/1", "of d/1"), tuple("d/3", "of d/3"))
        .hasSize(3);

    assertThat(threeSidecars.ok(2, "delete", "d/1")).startsWith("deleted; it was at mod index ");
    assertThat(threeSidecars.ok(2, "delete", "d/1")).isEqualTo("there was no such key\n");
    threeSidecars.refused(ExitStatus.UNHEALTHY, "there is no key d/1", 3, "get", "d/1");
    CommandRunner.Result absent =
        threeSidecars.synod().run(threeSidecars.node(3), "get", "d/1", "-o", "json");
    assertThat(absent.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(ThreeSidecars.parse(absent.out(), GetResponse.newBuilder()).hasKv()).isFalse();
    DeleteResponse deleted =
        ThreeSidecars.parse(
                threeSidecars.ok(1, "delete", "d/2", "-o", "json"), DeleteResponse.newBuilder())
            .build();
    assertThat(deleted.getPrevious().getKey()).isEqualTo("d/2");
    ThreeSidecars.match(
        "deleted 1 key at index \\d+\n", threeSidecars.ok(1, "delete", "--prefix", "d/"));
    assertThat(threeSidecars.ok(3, "list", "d/", "--keys-only")).isEmpty();
    assertThat(threeSidecars.ok(3, "get", "e/1")).isEqualTo("of e/1");
  }

  @Test
  void comparesAndWritesInOneStep() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("seat.txn"),
            """
            if
              absent f/12
            then
              put f/12 "Ada Lovelace" ttl 10m
              get f/none
            else
              get f/12
            """);
    String[] command = {"txn", "-f", file.toString()};
    ThreeSidecars.match(
        "then, at index \\d+\n  put f/12: "
            + AT
            + "1, expires \\S+\n"
            + "  get f/none: there is no such key\n",
        threeSidecars.ok(1, command));
    CommandRunner.Result taken = threeSidecars.synod().run(threeSidecars.node(2), command);
    assertThat(taken.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(taken.err()).isEmpty();
    ThreeSidecars.match(
        "else: a compare did not hold, at index \\d+\n  get f/12 = Ada Lovelace: " + AT + "1, .*\n",
        taken.out());

    String json =
        "{\"compares\": [{\"valueIs\": {\"key\": \"f/12\", \"value\": \"QWRhIExvdmVsYWNl\"}}],"
            + " \"success\": [{\"deleteKey\": \"f/12\"}]}";
    CommandRunner.Result done =
        threeSidecars
            .synod()
            .feed(ByteString.copyFromUtf8(json), threeSidecars.node(3), "txn", "-o", "json");
    assertThat(done.exitStatus()).as(done.err()).isEqualTo(ExitStatus.OK);
    TxnResponse response = ThreeSidecars.parse(done.out(), TxnResponse.newBuilder()).build();
    assertThat(response.getSucceeded()).isTrue();
    assertThat(response.getResults(0).getDeleted()).isEqualTo(1);

    Files.writeString(file, "then\n  putt f/12 x\n");
    threeSidecars.refused(
        ExitStatus.USAGE, file + ", line 2: 'putt' is not an operation", 1, command);
    ThreeSidecars.refused(
        ExitStatus.USAGE,
        "line 1: the transaction has no operation",
        threeSidecars.synod().feed(ByteString.EMPTY, threeSidecars.node(1), "txn"));
  }

  @Test
  void followsAPrefixFromWhatIsThereUntilCtrlC() throws Exception {
    threeSidecars.ok(1, "put", "g/1", "one");
    CommandRunner.Running watch =
        threeSidecars
            .synod()
            .start(threeSidecars.node(3), "watch", "--prefix=g/", "--initial-state", "--previous");
    ThreeSidecars.awaitPrinted(watch, "g/1 = one");
    threeSidecars.ok(1, "put", "g/1", "two");
    threeSidecars.ok(2, "put", "h/1", "not followed");
    threeSidecars.ok(2, "put", "g/2", "short", "--ttl=1s");
    threeSidecars.ok(1, "delete", "g/1");
    ThreeSidecars.awaitPrinted(watch, " expire ");
    ThreeSidecars.awaitPrinted(watch, " delete ");
    watch.signal("INT");
    CommandRunner.Result ended = watch.await();

    assertThat(ended.exitStatus()).isEqualTo(130);
    assertThat(ended.out())
        .contains(" initial ", " put ", "g/1 = two  (was one)", "g/1  (was two)")
        .doesNotContain("h/1");
    String goOn = "(?s).*# go on with: synod watch --prefix g/ --from (\\d+)\n";
    String from = ThreeSidecars.match(goOn, ended.err()).group(1);
    threeSidecars.ok(2, "put", "g/3", "later");
    List<Changes> changes = new ArrayList<>();
    for (String line :
        threeSidecars
            .ok(2, "watch", "--prefix=g/", "--from", from, "--count=1", "-o", "json")
            .lines()
            .toList()) {
      changes.add(ThreeSidecars.parse(line, Changes.newBuilder()).build());
    }
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).getItemsList())
        .extracting(change -> change.getKv().getKey(), change -> change.getType())
        .containsExactly(tuple("g/3", KvWatchResponse.Type.TYPE_PUT));
  }

  @Test
  void refusesWhatCannotBeMeant() throws Exception {
    RefusedCommands refusedCommands = new RefusedCommands(threeSidecars, ExitStatus.USAGE);
    String noTime = "'5parsecs' is not a length of time; write it like 500ms, 2s or 1m";
    refusedCommands.add(noTime, "put", "k", "v", "--ttl=5parsecs");
    refusedCommands.add(
        "it ends by --ttl or with --session", "put", "k", "v", "--ttl=1s", "--session=1");
    refusedCommands.add("give the VALUE, or - for standard input, or --file", "put", "k");
    refusedCommands.add(
        "--level bounded and --max-staleness go together", "get", "k", "--max-staleness=1s");
    refusedCommands.add("'often'", "get", "k", "--level=often");
    refusedCommands.add("'x:y' is not an endpoint", "get", "k", "--endpoint=x:y");
    refusedCommands.add("--limit must be at least 1", "list", "--limit=0");
    refusedCommands.add("an empty prefix removes every key", "delete", "--prefix", "");
    refusedCommands.add(
        "--if-mod-index is for one key", "delete", "--prefix", "k", "--if-mod-index=1");
    refusedCommands.add("give --prefix or --key", "watch", "--prefix=a", "--key=b");
    refusedCommands.add("--initial-state and --previous want", "watch", "--initial-state");
    refusedCommands.add(
        "give --from or --initial-state", "watch", "--key=a", "--initial-state", "--from=1");
    refusedCommands.add("unknown option '--tll=1s'", "put", "k", "v", "--tll=1s");
    refusedCommands.add("INVALID_REQUEST: ", "put", "k", "v", "--ttl=0s");
    refusedCommands.add("INVALID_REQUEST: ", "put", "", "v");
    refusedCommands.check();
    threeSidecars.refused(
        ExitStatus.ERROR, "SESSION_UNKNOWN: ", 1, "put", "k", "v", "--session=999999");
    threeSidecars.refused(ExitStatus.UNHEALTHY, "there is no key k", 1, "get", "k");
  }

  @Test
  void saysThatNobodyAnswers() throws Exception {
    RefusedCommands refusedCommands = new RefusedCommands(threeSidecars, ExitStatus.UNAVAILABLE);
    String nobody = "nobody answers at 127.0.0.1:1: connection refused";
    Path file = Files.writeString(dir.resolve("dead.txn"), "put a b\n");
    for (String command :
        List.of(
            "get a",
            "put a b",
            "delete a",
            "list",
            "txn -f " + file,
            "watch --prefix a",
            "watch")) {
      refusedCommands.add(nobody, (command + " --endpoint 127.0.0.1:1").split(" "));
    }
    refusedCommands.check();
  }
}

package io.synod.cli.kv;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.InputSource;
import io.synod.cli.shared.ValueText;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.Op;
import io.synod.v1.OpResult;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code synod txn} command. */
@Command(
    name = "txn",
    description = {"Compare and write in one atomic step, read from standard input or a file.", ""},
    footer = {
      "",
      "The text form has a line for each compare and operation:",
      "",
      "  if                              # all must hold; may be left out",
      "    absent orders/7",
      "    mod orders/6 = 41             # the key was last written at index 41",
      "    value state = \"open for all\"  # quotes know \\\" \\\\ \\n \\t \\r",
      "    held printer = 12             # the lock is held under this token",
      "  then",
      "    put orders/7 paid",
      "    put seen/7 hex:00ff ttl 30s   # bytes; or: session ID",
      "    get orders/6",
      "  else",
      "    delete orders/6",
      "    delete-prefix tmp/",
      "",
      "Input that begins with '{' is JSON: synod.v1.TxnRequest, with compares, success and"
          + " failure.",
      "",
      "Exits with 3 if a compare did not hold, and 'else' was executed instead."
    })
public final class TxnCommand extends ClientCommand {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The file with the transaction. Default: standard input.")
  @Nullable Path file;

  @Option(
      names = "--request-id",
      paramLabel = "TEXT",
      description = "Exactly once: a repetition with this id is answered, not executed again.")
  @Nullable String requestId;

  /** Called by picocli. */
  public TxnCommand() {}

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    ByteString bytes = InputSource.bytes(null, file);
    if (!bytes.isValidUtf8()) {
      throw usage("the transaction is not valid UTF-8");
    }
    TxnRequest request;
    try {
      request = parse(bytes.toStringUtf8());
    } catch (TxnSyntaxException e) {
      String where = file == null ? "" : file + ", ";
      throw usage(where + e.getMessage());
    }
    TxnResponse response = timed(KVGrpc.newBlockingStub(channel)).txn(request);
    if (json()) {
      printJson(response);
    } else {
      show(response, response.getSucceeded() ? request.getSuccessList() : request.getFailureList());
    }
    return response.getSucceeded() ? ExitStatus.OK : ExitStatus.UNHEALTHY;
  }

  private TxnRequest parse(String text) throws TxnSyntaxException {
    TxnRequest.Builder txn =
        text.stripLeading().startsWith("{") ? TxnJson.parse(text) : TxnText.parse(text);
    if (requestId != null) {
      txn.setRequestId(requestId);
    }
    return txn.build();
  }

  private void show(TxnResponse response, List<Op> done) {
    print(
        (response.getSucceeded() ? "then" : "else: a compare did not hold")
            + ", at index "
            + response.getIndex()
            + (response.getDeduplicated() ? "  (the remembered answer)" : ""));
    for (int i = 0; i < Math.min(done.size(), response.getResultsCount()); i++) {
      print("  " + line(done.get(i), response.getResults(i)));
    }
  }

  private static String line(Op op, OpResult result) {
    return switch (op.getOpCase()) {
      case PUT ->
          "put " + ValueText.text(op.getPut().getKey()) + ": " + PairText.details(result.getKv());
      case DELETE_KEY ->
          "delete "
              + ValueText.text(op.getDeleteKey())
              + (result.getDeleted() == 0
                  ? ": there was no such key"
                  : ": it was at " + PairText.details(result.getPrevious()));
      case DELETE_PREFIX ->
          "delete-prefix "
              + ValueText.text(op.getDeletePrefix())
              + ": "
              + ValueText.count(result.getDeleted(), "key", "keys");
      case GET_KEY ->
          "get "
              + ValueText.text(op.getGetKey())
              + (result.hasKv() ? got(result.getKv()) : ": there is no such key");
      case OP_NOT_SET -> "nothing";
    };
  }

  private static String got(KeyValue kv) {
    return " = " + ValueText.command(kv.getValue()) + ": " + PairText.details(kv);
  }
}

package io.synod.cli.kv;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DeleteResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.Op;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod delete} command. */
@Command(
    name = "delete",
    description = {
      "Delete a key, or with --prefix all keys with that prefix, in one atomic step.",
      ""
    },
    footer = {
      "",
      "An absent key is not an error. Exits with 3, and deletes nothing, if --if-mod-index does not"
          + " hold."
    })
public final class DeleteCommand extends ClientCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  String key = "";

  @Option(names = "--prefix", description = "Delete all keys that begin with KEY.")
  boolean prefix;

  @Option(
      names = "--everything",
      description = "With --prefix: allow KEY to be empty, which deletes all keys.")
  boolean everything;

  @Option(
      names = "--if-mod-index",
      paramLabel = "INDEX",
      description = "Delete only if the key was last written at this index.")
  @Nullable Long ifModIndex;

  @Option(
      names = "--request-id",
      paramLabel = "TEXT",
      description = "Exactly once: a repetition with this id is answered, not executed again.")
  @Nullable String requestId;

  /** Called by picocli. */
  public DeleteCommand() {}

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) {
    refuse(prefix && ifModIndex != null ? "--if-mod-index is for one key, not for --prefix" : null);
    refuse(
        prefix && key.isEmpty() && !everything
            ? "an empty prefix removes every key: if that is intended, add --everything"
            : null);
    KVGrpc.KVBlockingStub stub = timed(KVGrpc.newBlockingStub(channel));
    return prefix ? deletePrefix(stub) : deleteKey(stub);
  }

  private int deleteKey(KVGrpc.KVBlockingStub stub) {
    DeleteRequest.Builder request = DeleteRequest.newBuilder().setKey(key);
    if (ifModIndex != null) {
      request.setIfModIndex(ifModIndex);
    }
    if (requestId != null) {
      request.setRequestId(requestId);
    }
    DeleteResponse response = stub.delete(request.build());
    if (json()) {
      printJson(response);
    } else {
      print(
          (response.hasPrevious()
                  ? "deleted; it was at " + PairText.details(response.getPrevious())
                  : "there was no such key")
              + cachedReply(response.getDeduplicated()));
    }
    return ExitStatus.OK;
  }

  private int deletePrefix(KVGrpc.KVBlockingStub stub) {
    TxnRequest.Builder request =
        TxnRequest.newBuilder().addSuccess(Op.newBuilder().setDeletePrefix(key));
    if (requestId != null) {
      request.setRequestId(requestId);
    }
    TxnResponse response = stub.txn(request.build());
    if (json()) {
      printJson(response);
    } else {
      long deleted = response.getResultsCount() == 0 ? 0 : response.getResults(0).getDeleted();
      print(
          "deleted "
              + ValueText.count(deleted, "key", "keys")
              + " at index "
              + response.getIndex()
              + cachedReply(response.getDeduplicated()));
    }
    return ExitStatus.OK;
  }

  private static String cachedReply(boolean deduplicated) {
    return deduplicated ? "  (the remembered answer)" : "";
  }
}

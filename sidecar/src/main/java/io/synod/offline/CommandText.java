package io.synod.offline;

import com.google.protobuf.ByteString;
import io.synod.cli.shared.EnumNames;
import io.synod.cli.shared.ValueText;
import io.synod.paxos.value.Command;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command of the log as a short text.
 *
 * @param kind the type of the command, in lower case
 * @param node the node that proposed it; 0 if it cannot be decoded
 * @param text what it says; for a command of an application, the command
 */
record CommandText(String kind, int node, String text) {
  private static final int LENGTH_MAX = 100;

  static CommandText of(Command command) {
    Entry entry = Entry.decode(command.bytes());
    return entry == null
        ? new CommandText("malformed", 0, bytes(command.bytes()))
        : new CommandText(EnumNames.name("", entry.kind()), entry.node(), cut(text(entry)));
  }

  private static String text(Entry entry) {
    return switch (entry.kind()) {
      case COMMAND -> bytes(entry.payload().bytes());
      case KV -> txn(Txn.decode(entry.payload()));
      case HOLD -> {
        SystemCommands.Hold hold = SystemCommands.Hold.decode(entry.payload());
        yield hold == null ? "" : ValueText.text(hold.lock());
      }
      case RELEASE -> {
        SystemCommands.Release release = SystemCommands.Release.decode(entry.payload());
        yield release == null ? "" : ValueText.text(release.lock());
      }
      case ACKNOWLEDGE -> {
        SystemCommands.Acknowledge ack = SystemCommands.Acknowledge.decode(entry.payload());
        yield ack == null ? "" : ValueText.text(ack.consumer()) + " through " + ack.index();
      }
      case STORE -> {
        SystemCommands.Store store = SystemCommands.Store.decode(entry.payload());
        yield store == null ? "" : ValueText.text(store.consumer()) + " at " + store.index();
      }
      case RAISE_LEVEL -> {
        SystemCommands.RaiseLevel raise = SystemCommands.RaiseLevel.decode(entry.payload());
        yield raise == null ? "" : "to " + raise.level();
      }
      case CLOSE_SESSION -> "session " + entry.session();
      case OPEN_SESSION, DROP_CONSUMER -> ValueText.text(entry.contentType());
      case RENEW_SESSIONS, EXPIRE_SESSIONS, EXPIRE_KEYS, OPEN_OWN_SESSION -> "";
    };
  }

  private static String txn(@Nullable Txn txn) {
    if (txn == null) {
      return "malformed";
    }
    List<String> parts = new ArrayList<>();
    if (!txn.compares().isEmpty()) {
      parts.add("if " + ValueText.count(txn.compares().size(), "condition", "conditions"));
    }
    txn.success().forEach(op -> parts.add(op(op)));
    txn.failure().forEach(op -> parts.add("else " + op(op)));
    return String.join("; ", parts);
  }

  private static String op(Op op) {
    if (op instanceof Op.Put put) {
      return "put " + ValueText.text(put.key()) + " " + bytes(put.value().bytes());
    } else if (op instanceof Op.Delete delete) {
      return "delete " + ValueText.text(delete.key());
    } else if (op instanceof Op.DeletePrefix delete) {
      return "delete all under " + ValueText.text(delete.prefix());
    } else if (op instanceof Op.Get get) {
      return "get " + ValueText.text(get.key());
    }
    throw new IllegalStateException("an unknown operation");
  }

  private static String bytes(byte[] bytes) {
    return ValueText.command(ByteString.copyFrom(bytes));
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= LENGTH_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LENGTH_MAX)) + "…";
  }
}

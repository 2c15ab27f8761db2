package io.synod.cli.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Compare;
import io.synod.v1.FencingToken;
import io.synod.v1.Op;
import io.synod.v1.TxnRequest;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/**
 * Parses a transaction in its text form: a line for each compare and each operation, under {@code
 * if}, {@code then} and {@code else}. Lines before the first of these belong to {@code then}.
 */
final class TxnText {
  private enum Part {
    IF,
    THEN,
    ELSE
  }

  private final TxnRequest.Builder txn = TxnRequest.newBuilder();
  private Part part = Part.THEN;

  private TxnText() {}

  static TxnRequest.Builder parse(String text) throws TxnSyntaxException {
    TxnText reader = new TxnText();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      List<TxnTokens.Word> words = TxnTokens.of(number, line);
      if (!words.isEmpty()) {
        reader.take(new TxnTokens(number, words));
      }
    }
    if (reader.txn.getSuccessCount() + reader.txn.getFailureCount() == 0) {
      throw new TxnSyntaxException(Math.max(1, number), "the transaction has no operation");
    }
    return reader.txn;
  }

  private void take(TxnTokens words) throws TxnSyntaxException {
    String verb = words.next("a word").text();
    switch (verb) {
      case "if", "if:" -> part = Part.IF;
      case "then", "then:" -> part = Part.THEN;
      case "else", "else:" -> part = Part.ELSE;
      default -> {
        switch (part) {
          case IF -> txn.addCompares(compare(verb, words));
          case THEN -> txn.addSuccess(op(verb, words));
          case ELSE -> txn.addFailure(op(verb, words));
        }
      }
    }
    words.end();
  }

  private static Compare compare(String verb, TxnTokens words) throws TxnSyntaxException {
    Compare.Builder compare = Compare.newBuilder();
    switch (verb) {
      case "absent" -> compare.setKeyAbsent(words.next("a key").text());
      case "mod" -> {
        Compare.KeyIndex.Builder is = Compare.KeyIndex.newBuilder();
        is.setKey(words.next("a key").text());
        words.equalSign();
        compare.setModIndexIs(is.setIndex(number(words, "a mod index")));
      }
      case "value" -> {
        Compare.KeyBytes.Builder is = Compare.KeyBytes.newBuilder();
        is.setKey(words.next("a key").text());
        words.equalSign();
        compare.setValueIs(is.setValue(value(words)));
      }
      case "held" -> {
        FencingToken.Builder held = FencingToken.newBuilder();
        held.setLock(words.next("the name of a lock").text());
        words.equalSign();
        compare.setLockHeld(held.setToken(number(words, "a fencing token")));
      }
      default ->
          throw words.fault(
              "'" + ValueText.line(verb) + "' is not a compare; use absent, mod, value or held");
    }
    return compare.build();
  }

  private static Op op(String verb, TxnTokens words) throws TxnSyntaxException {
    Op.Builder op = Op.newBuilder();
    switch (verb) {
      case "put" -> op.setPut(put(words));
      case "delete" -> op.setDeleteKey(words.next("a key").text());
      case "delete-prefix" -> op.setDeletePrefix(words.next("a prefix").text());
      case "get" -> op.setGetKey(words.next("a key").text());
      default ->
          throw words.fault(
              "'"
                  + ValueText.line(verb)
                  + "' is not an operation; use put, delete, delete-prefix or get");
    }
    return op.build();
  }

  private static Op.PutOp put(TxnTokens words) throws TxnSyntaxException {
    Op.PutOp.Builder put = Op.PutOp.newBuilder();
    put.setKey(words.next("a key").text()).setValue(value(words));
    while (words.more()) {
      String how = words.next("ttl or session").text();
      switch (how) {
        case "ttl" -> put.setTtl(ttl(words));
        case "session" -> put.setSessionId(words.next("the id of a session").text());
        default ->
            throw words.fault(
                "'"
                    + ValueText.line(how)
                    + "' after a value; only 'ttl TIME' or 'session ID' is allowed");
      }
    }
    return put.build();
  }

  private static Duration ttl(TxnTokens words) throws TxnSyntaxException {
    try {
      String time = words.next("a length of time").text();
      return Durations.fromMillis(new DurationOption().convert(time).toMillis());
    } catch (TypeConversionException e) {
      throw words.fault(String.valueOf(e.getMessage()));
    }
  }

  private static ByteString value(TxnTokens words) throws TxnSyntaxException {
    TxnTokens.Word word = words.next("a value");
    try {
      return word.bytes();
    } catch (IllegalArgumentException e) {
      throw words.fault("'" + ValueText.line(word.text()) + "' is not hexadecimal");
    }
  }

  private static long number(TxnTokens words, String what) throws TxnSyntaxException {
    String text = words.next(what).text();
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw words.fault("'" + ValueText.line(text) + "' is not " + what);
    }
  }
}

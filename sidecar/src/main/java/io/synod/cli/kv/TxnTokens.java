package io.synod.cli.kv;

import com.google.protobuf.ByteString;
import io.synod.cli.shared.ValueText;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The words of one line, read one after the other. */
final class TxnTokens {
  private static final String HEX = "hex:";

  private final int line;
  private final List<Word> words;
  private int taken;

  TxnTokens(int line, List<Word> words) {
    this.line = line;
    this.words = words;
  }

  /** A word, which may be in quotes. */
  record Word(String text, boolean quoted) {
    /**
     * The bytes that the word stands for as a value; throws if it begins with {@code hex:} and is
     * not hexadecimal.
     */
    ByteString bytes() {
      return !quoted && text.startsWith(HEX)
          ? ByteString.copyFrom(HexFormat.of().parseHex(text.substring(HEX.length())))
          : ByteString.copyFromUtf8(text);
    }
  }

  boolean more() {
    return taken < words.size();
  }

  Word next(String what) throws TxnSyntaxException {
    if (!more()) {
      throw fault(what + " is missing");
    }
    return words.get(taken++);
  }

  void equalSign() throws TxnSyntaxException {
    if (!next("'='").equals(new Word("=", false))) {
      throw fault("'=' is missing; it needs a blank on either side");
    }
  }

  void end() throws TxnSyntaxException {
    if (more()) {
      throw fault(
          "'"
              + ValueText.line(words.get(taken).text())
              + "' is unexpected; put text with blanks in quotes");
    }
  }

  TxnSyntaxException fault(String message) {
    return new TxnSyntaxException(line, message);
  }

  /** Splits a line at blanks outside quotes; {@code #} at the start of a word begins a comment. */
  static List<Word> of(int line, String text) throws TxnSyntaxException {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at == text.length() || text.charAt(at) == '#') {
        return words;
      }
      if (text.charAt(at) == '"') {
        at = quoted(line, text, at + 1, words);
        if (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
          throw new TxnSyntaxException(line, "a blank is missing after a closing quote");
        }
      } else {
        int end = at;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
          end++;
        }
        words.add(new Word(text.substring(at, end), false));
        at = end;
      }
    }
  }

  /** Reads a quoted word; returns the position after the closing quote. */
  private static int quoted(int line, String text, int from, List<Word> words)
      throws TxnSyntaxException {
    StringBuilder word = new StringBuilder();
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        words.add(new Word(word.toString(), true));
        return at + 1;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        word.append(escaped(line, text.charAt(at)));
      } else {
        word.append(c);
      }
    }
    throw new TxnSyntaxException(line, "a quote is not closed");
  }

  private static char escaped(int line, char c) throws TxnSyntaxException {
    return switch (c) {
      case '"', '\\' -> c;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      default ->
          throw new TxnSyntaxException(
              line, "'\\" + c + "' is not an escape in quotes; use \\\" \\\\ \\n \\t or \\r");
    };
  }
}

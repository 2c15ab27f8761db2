package io.synod.pages;

import io.synod.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command of a {@code sh} block, with its here-document.
 *
 * @param text the text for a shell
 * @param refusal the reason for which it must fail, as its comment says; null if it must succeed
 */
record ShellStatement(String text, @Nullable Reason refusal) {
  private static final Pattern HERE = Pattern.compile("<<'(\\w+)'");
  private static final Pattern COMMENT = Pattern.compile("(?m) # *(.*)$");

  /** All commands of a block, in order. */
  static List<ShellStatement> of(String block) {
    List<ShellStatement> statements = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    String end = "";
    for (String line : block.lines().toList()) {
      text.append(line).append('\n');
      Matcher here = HERE.matcher(line);
      if (here.find()) {
        end = here.group(1);
      } else if (line.equals(end)) {
        end = "";
      }
      if (end.isEmpty() && !line.endsWith("\\")) {
        statements.add(new ShellStatement(text.toString(), refusal(text.toString())));
        text.setLength(0);
      }
    }
    return statements;
  }

  /** Whether it runs until it is ended. */
  boolean follows() {
    return text.contains("synod watch ");
  }

  private static @Nullable Reason refusal(String text) {
    Matcher comment = COMMENT.matcher(text);
    String said = comment.find() ? comment.group(1) : "";
    return Stream.of(Reason.values())
        .filter(reason -> said.matches("\\b" + reason.name() + "\\b.*"))
        .findFirst()
        .orElse(null);
  }
}

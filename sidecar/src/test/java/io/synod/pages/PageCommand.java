package io.synod.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * A {@code synod} command line in a page, in a block or in a sentence.
 *
 * @param words what follows {@code synod}, up to a comment, a redirection or another command
 */
record PageCommand(List<String> words) {
  private static final Pattern LINE =
      Pattern.compile("(?m)(?:^ *|`|\\$\\()(?:sidecar/bin/)?synod ([^`\n]+)");
  private static final Pattern END = Pattern.compile(" (?:#|<<|\\||-- ).*");

  /** The commands in a page's text. */
  static List<PageCommand> of(String text) {
    List<PageCommand> commands = new ArrayList<>();
    for (MatchResult line : LINE.matcher(text).results().toList()) {
      String words = END.matcher(line.group(1) + " ").replaceFirst("").trim();
      commands.add(new PageCommand(List.of(words.split("\\s+"))));
    }
    return commands;
  }

  /** The commands and options in it that {@code synod} does not have. */
  List<String> mistakes(CommandLine synod) {
    CommandLine command = synod.getSubcommands().get(words.get(0));
    if (command == null) {
      return List.of("no command " + words.get(0));
    }
    List<String> mistakes = new ArrayList<>();
    for (String word : words.subList(1, words.size())) {
      if (word.startsWith("-") && !word.equals("-")) {
        String option = word.split("=", 2)[0];
        if (command.getCommandSpec().findOption(option) == null) {
          mistakes.add("no option " + option + " of " + words);
        }
      } else {
        command = command.getSubcommands().getOrDefault(word, command);
      }
    }
    return mistakes;
  }
}

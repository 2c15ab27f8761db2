package io.synod.scenario;

import io.synod.paxos.value.Message;
import io.synod.runtime.engine.DirectedLink;
import java.util.ArrayList;
import java.util.List;

/** Kinds of messages on some links, as in {@code Promise 3 -> 1}; a star stands for every kind. */
final class MessageRules {
  private final List<Rule> rules = new ArrayList<>();

  private record Rule(String kind, LinkPattern links) {
    private boolean matches(DirectedLink link, Message message) {
      return (kind.equals("*") || kind.equals(message.getClass().getSimpleName()))
          && links.matches(link);
    }
  }

  static MessageRules of(String text) {
    MessageRules rules = new MessageRules();
    rules.add(text);
    return rules;
  }

  void add(String text) {
    String[] words = text.strip().split(" +", 2);
    rules.add(new Rule(words[0], LinkPattern.parse(words.length > 1 ? words[1] : "*")));
  }

  void clear() {
    rules.clear();
  }

  boolean match(DirectedLink link, Message message) {
    return rules.stream().anyMatch(rule -> rule.matches(link, message));
  }
}

package io.synod.scenario;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.state.command.Entry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Formats messages, writes and events on one line each, with the fields that matter to a reader.
 */
final class Phrases {
  /** Fields that are left out: digests, and times of clocks. */
  private static final Set<String> LEFT_OUT =
      Set.of("digest", "sha256", "attestedDigest", "logTimeMillis", "effects", "bytes");

  /** Longer payloads are shown by their length. */
  static final int LONG_PAYLOAD = 40;

  // Ids start at random numbers, so each is numbered by its first appearance.
  private final Map<Long, Integer> ids = new HashMap<>();

  /** The name of a record and its fields. */
  String record(Record record) {
    StringJoiner line = new StringJoiner(" ");
    line.add(record.getClass().getSimpleName());
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object field = get(component, record);
      if (!LEFT_OUT.contains(component.getName()) && !field.equals(Origin.EMPTY)) {
        line.add(component.getName() + "=" + value(component.getName(), field));
      }
    }
    return line.toString();
  }

  private static Object get(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(record);
      return value == null ? "none" : value;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private String value(String name, Object value) {
    if (name.equals("id")) {
      return "#" + ids.computeIfAbsent((Long) value, any -> ids.size() + 1);
    }
    if (value instanceof Ballot ballot) {
      return ballot.toString();
    }
    if (value instanceof Batch batch) {
      return batch(batch);
    }
    if (value instanceof Proposal proposal) {
      return proposal.slot() + "@" + proposal.ballot() + batch(proposal.batch());
    }
    if (value instanceof Command command) {
      return command(command);
    }
    if (value instanceof Formation formation) {
      return formation.voters().toString().replace('=', ':');
    }
    if (value instanceof Bytes bytes) {
      return bytes.size() + "B";
    }
    if (value instanceof List<?> list) {
      StringJoiner items = new StringJoiner(" ", "[", "]");
      list.forEach(item -> items.add(value("", item)));
      return items.toString();
    }
    if (value instanceof Record record) {
      return "(" + record(record) + ")";
    }
    if (value instanceof String text && text.contains(" ")) {
      return '"' + text + '"';
    }
    return value.equals(Long.MAX_VALUE) ? "end" : value.toString();
  }

  /** The commands of a batch. */
  String batch(Batch batch) {
    if (batch.membership() != null) {
      return "[voters " + batch.membership().voters() + "]";
    }
    if (batch.isNoOp()) {
      return "[no-op]";
    }
    StringJoiner items = new StringJoiner(" ", "[", "]");
    batch.commands().forEach(command -> items.add(command(command)));
    return items.toString();
  }

  private static String command(Command command) {
    Entry entry = Entry.decode(command.bytes());
    return entry == null ? command.toString() : entry(entry);
  }

  /** The text of an entry. */
  static String entry(Entry entry) {
    if (entry.kind() != Entry.Kind.COMMAND) {
      return entry.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    byte[] bytes = entry.payload().bytes();
    return bytes.length > LONG_PAYLOAD
        ? bytes.length + "B"
        : new String(bytes, StandardCharsets.UTF_8);
  }
}

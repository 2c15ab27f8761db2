package io.synod.paxos;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The commands at a leader that wait for a slot, bounded in bytes. */
final class CommandQueue {
  private static final int BATCH_COMMANDS_MAX = 10_000;

  private final RoleContext roleContext;
  private final Deque<Queued> queue = new ArrayDeque<>();
  private long queuedBytes;
  // The part of them that this node proposed; it is bounded, so that forwarded commands also fit.
  private long ownBytes;

  private record Queued(Command command, boolean own) {}

  CommandQueue(RoleContext roleContext) {
    this.roleContext = roleContext;
  }

  /**
   * Adds the commands that fit, and returns the others.
   *
   * @param own whether this node proposed them
   */
  List<Command> add(List<Command> commands, boolean own) {
    List<Command> refused = new ArrayList<>();
    for (Command command : commands) {
      boolean share = !own || ownBytes == 0 || ownBytes + command.size() <= ownBytesMax();
      if (share && queuedBytes + command.size() <= roleContext.settings().queueBytesMax()) {
        queue.add(new Queued(command, own));
        queuedBytes += command.size();
        ownBytes += own ? command.size() : 0;
      } else {
        refused.add(command);
      }
    }
    return refused;
  }

  private long ownBytesMax() {
    Settings settings = roleContext.settings();
    return roleContext.self().peers().isEmpty()
        ? settings.queueBytesMax()
        : settings.ownQueueBytes();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Removes and returns the commands of one batch. */
  List<Command> next() {
    List<Command> commands = new ArrayList<>();
    long bytes = 0;
    while (!queue.isEmpty() && commands.size() < BATCH_COMMANDS_MAX) {
      long with = bytes + Batch.encodedBytes(queue.element().command());
      if (!commands.isEmpty() && with > roleContext.settings().batchBytesMax()) {
        break;
      }
      bytes = with;
      Queued next = queue.remove();
      int size = next.command().size();
      queuedBytes -= size;
      ownBytes -= next.own() ? size : 0;
      commands.add(next.command());
    }
    Check.that(
        queuedBytes >= ownBytes && (queue.isEmpty() ? queuedBytes == 0 : ownBytes >= 0),
        "what this node proposed is part of the queue",
        queuedBytes,
        ownBytes);
    return commands;
  }

  /** The waiting commands, counted one by one. */
  MemoryUse memoryUse() {
    MemoryUse waiting = MemoryUse.NONE;
    for (Queued next : queue) {
      waiting = waiting.with(next.command().size());
    }
    return waiting;
  }
}

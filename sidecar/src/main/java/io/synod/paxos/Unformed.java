package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;

/**
 * A replica whose cluster is not formed: it sends greetings to the other nodes, and neither votes
 * nor learns.
 */
final class Unformed implements ReplicaPhase {
  private final ReplicaParts parts;

  Unformed(ReplicaParts parts) {
    this.parts = parts;
  }

  @Override
  public void readClocks(long nowNanos, Input.Tick tick) {
    parts.heartbeats.clocks().read(nowNanos, tick);
  }

  @Override
  public void tick(long nowNanos) {
    if (parts.heartbeats.isDue(nowNanos)) {
      parts.heartbeats.skip(nowNanos);
      parts.bootstrap.sendGreetings();
      parts.bootstrapCheck.evaluate(nowNanos, parts.bootstrap.greeting());
    }
  }

  @Override
  public void onMessage(long nowNanos, Input.Received received) {
    parts.electorate.onMessage(nowNanos, received, false);
    if (received.message() instanceof Message.Greeting greeting) {
      parts.bootstrap.onGreeting(received.from(), greeting);
      parts.bootstrapCheck.onGreeting(nowNanos, received.from(), greeting);
    }
  }

  @Override
  public void onInstalled(long nowNanos, long slot) {}

  @Override
  public void onInput(long nowNanos, Input input) {
    if (input instanceof Input.Propose propose) {
      parts.out.unplaced(propose.commands());
    }
  }

  @Override
  public long endCycle(long nowNanos) {
    return Long.MAX_VALUE;
  }

  @Override
  public View view(long nowNanos) {
    return parts.view(
        View.Role.FORMING,
        Ballot.NONE,
        parts.electorate.unformedView(nowNanos),
        parts.electorate.unformedPeers(nowNanos));
  }
}

package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;

/**
 * A replica whose cluster is not formed: it greets the other nodes, and neither votes nor learns.
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
      parts.bootstrap.beat();
      parts.bootstrapCheck.look(nowNanos, parts.bootstrap.greeting());
    }
  }

  @Override
  public void received(long nowNanos, Input.Received received) {
    parts.electorate.heard(nowNanos, received, false);
    if (received.message() instanceof Message.Greeting greeting) {
      parts.bootstrap.greeted(received.from(), greeting);
      parts.bootstrapCheck.greeted(nowNanos, received.from(), greeting);
    }
  }

  @Override
  public void installed(long nowNanos, long slot) {}

  @Override
  public void handle(long nowNanos, Input input) {
    if (input instanceof Input.Propose propose) {
      parts.out.unplaced(propose.commands());
    }
  }

  @Override
  public long close(long nowNanos) {
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

package io.synod.bench.failover;

import io.synod.bench.cluster.BenchCluster;
import io.synod.cli.shared.EnumNames;
import java.io.IOException;
import java.util.Locale;

/** What happens to a leader. */
enum LeaderFault {
  /** Its process is killed. */
  KILL("killed"),
  /** Nothing passes between it and its peers. */
  ISOLATE("isolated"),
  /** Nothing reaches it from its peers. */
  DEAF("deaf"),
  /** Nothing reaches its peers from it. */
  MUTE("mute");

  private final String state;

  LeaderFault(String state) {
    this.state = state;
  }

  /** The state of a leader with this fault, for people. */
  String state() {
    return state;
  }

  /** The word that asks for it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it needs links that can be cut. */
  boolean needsLinks() {
    return this != KILL;
  }

  /** Applies it to a member, from 0; no later write can pass that member when this returns. */
  void begin(BenchCluster cluster, int member) throws InterruptedException {
    switch (this) {
      case KILL -> cluster.kill(member);
      case ISOLATE -> {
        cluster.links().cutTo(member);
        cluster.links().cutFrom(member);
      }
      case DEAF -> cluster.links().cutTo(member);
      case MUTE -> cluster.links().cutFrom(member);
    }
  }

  /** Ends it: the member runs and reaches its peers again. */
  void end(BenchCluster cluster, int member) throws IOException {
    if (this == KILL) {
      cluster.restart(member);
    } else {
      cluster.links().restore();
    }
  }

  /** Reads {@code --fault}. */
  static final class FaultOption extends EnumNames<LeaderFault> {
    FaultOption() {
      super(LeaderFault.class, "");
    }
  }
}

package io.synod.runtime.engine;

import io.synod.paxos.Settings;
import io.synod.paxos.SettingsBuilder;
import io.synod.state.Level;
import java.util.HashMap;
import java.util.Map;

/** The versions that the nodes of a test run: they differ in the level that they support. */
final class TestVersions {
  private final Engine.Tuning tuning;
  private final Map<Integer, Integer> levels = new HashMap<>();

  /** All nodes have this tuning. */
  TestVersions(Engine.Tuning tuning) {
    this.tuning = tuning;
  }

  /** The next process of a node supports levels up to this one. */
  void install(int node, int supportedLevel) {
    levels.put(node, supportedLevel);
  }

  Engine.Tuning tuning(int node) {
    return new Engine.Tuning(
        tuning.settings(),
        tuning.callerLimits(),
        tuning.snapshots(),
        tuning.limits(),
        levels.getOrDefault(node, Level.supported()));
  }

  /** Settings with which a node keeps few slots in memory, and sends short pages. */
  static Settings littleMemory() {
    return new SettingsBuilder().pageBytesMax(700).recentBytesMax(20_000).build();
  }
}

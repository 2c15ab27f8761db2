package io.synod.sim.run;

import io.synod.sim.check.time.LogTimes.Truth;
import io.synod.sim.disk.Rng;

/**
 * How wrong the wall clocks of a run may be. In most runs the clocks of a majority of voters are
 * right, and the others may show any time, mostly including the clock of the preferred leader.
 *
 * @param truth what the checker of log time may assume
 * @param firstWrong the first node whose clock may be wrong while a majority is right
 * @param wrong the number of these nodes
 */
public record WallClockProfile(Truth truth, int firstWrong, int wrong) {

  /** Draws a profile for this many voters. */
  static WallClockProfile draw(Rng rng, int voters) {
    Truth[] all = {Truth.NONE, Truth.NOT_AHEAD, Truth.RIGHT, Truth.RIGHT};
    Truth truth = all[rng.below(all.length)];
    int wrong = (voters - 1) / 2;
    int firstWrong = rng.below(2) == 0 ? 1 : 1 + rng.below(voters - wrong);
    return new WallClockProfile(truth, firstWrong, wrong);
  }

  /** Whether the clock of this node may be wrong while a majority is right. */
  public boolean mayBeWrong(int node) {
    return node >= firstWrong && node < firstWrong + wrong;
  }
}

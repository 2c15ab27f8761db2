package io.synod.sim.run;

import io.synod.sim.check.core.LogTimes.Truth;
import io.synod.sim.disk.Rng;

/**
 * How wrong the wall clocks of a run may be. In most runs those of a majority of the voters are
 * right, and the others, mostly also that of the voter that likes to lead, show anything.
 *
 * @param truth what a judge may rely on
 * @param firstWrong the first node whose clock may be wrong where a majority is right
 * @param wrong how many nodes that are, from the first on
 */
public record WallClockProfile(Truth truth, int firstWrong, int wrong) {

  /** Drawn for so many voters. */
  static WallClockProfile draw(Rng rng, int voters) {
    Truth[] all = {Truth.NONE, Truth.NOT_AHEAD, Truth.RIGHT, Truth.RIGHT};
    Truth truth = all[rng.below(all.length)];
    int wrong = (voters - 1) / 2;
    int firstWrong = rng.below(2) == 0 ? 1 : 1 + rng.below(voters - wrong);
    return new WallClockProfile(truth, firstWrong, wrong);
  }

  /** Whether the clock of this node may be wrong where a majority is right. */
  public boolean mayBeWrong(int node) {
    return node >= firstWrong && node < firstWrong + wrong;
  }
}

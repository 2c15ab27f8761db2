package io.synod.sim.cluster;

import io.synod.sim.disk.Rng;

/** The links between nodes, each direction of which can be cut. */
public final class Network {
  private final int nodes;
  private final boolean[][] cut;
  // Since when each direction has carried everything without delay, for the check of stability.
  private final long[][] cleanSince;
  private final Healed healed;
  private boolean anyCut;

  /** A listener for links that carry again after a cut in one or both directions. */
  public interface Healed {
    void healed(int one, int other);
  }

  public Network(int nodes, Healed healed) {
    this.nodes = nodes;
    this.healed = healed;
    this.cut = new boolean[nodes + 1][nodes + 1];
    this.cleanSince = new long[nodes + 1][nodes + 1];
  }

  public boolean carries(int from, int to) {
    return !cut[from][to];
  }

  public boolean isHurt() {
    return anyCut;
  }

  /** Records that a message on this link was lost or late. */
  public void disturbed(int from, int to, long now) {
    cleanSince[from][to] = now;
  }

  /** Since when both directions of this link have been without a fault. */
  long cleanSince(int one, int other) {
    return cut[one][other] || cut[other][one]
        ? Long.MAX_VALUE
        : Math.max(cleanSince[one][other], cleanSince[other][one]);
  }

  public void heal(long now) {
    for (int one = 1; one <= nodes; one++) {
      for (int other = 1; other < one; other++) {
        if (cut[one][other] || cut[other][one]) {
          heal(one, other, now);
          heal(other, one, now);
          healed.healed(one, other);
        }
      }
    }
    anyCut = false;
  }

  private void heal(int from, int to, long now) {
    if (cut[from][to]) {
      cut[from][to] = false;
      cleanSince[from][to] = now;
    }
  }

  void cut(int from, int to) {
    if (from != to) {
      cut[from][to] = true;
      anyCut = true;
    }
  }

  void cutBoth(int one, int other) {
    cut(one, other);
    cut(other, one);
  }

  /** Splits the nodes into two parts. */
  public void part(Rng rng) {
    long left = rng.nextLong();
    for (int one = 1; one <= nodes; one++) {
      for (int other = 1; other < one; other++) {
        if (((left >>> one) & 1) != ((left >>> other) & 1)) {
          cutBoth(one, other);
        }
      }
    }
  }

  /** Leaves only the links of {@code hub}. */
  public void star(int hub) {
    for (int one = 1; one <= nodes; one++) {
      for (int other = 1; other < one; other++) {
        if (one != hub && other != hub) {
          cutBoth(one, other);
        }
      }
    }
  }

  /** Cuts the links between some pairs. */
  public void tatter(Rng rng) {
    if (rng.below(2) == 0) {
      star(1 + rng.below(nodes));
      return;
    }
    for (int one = 1; one <= nodes; one++) {
      for (int other = 1; other < one; other++) {
        if (rng.below(3) == 0) {
          cutBoth(one, other);
        }
      }
    }
  }

  /** Cuts single directions: all that lead to one node, or random ones. */
  public void oneWay(Rng rng) {
    if (rng.below(2) == 0) {
      int deaf = 1 + rng.below(nodes);
      for (int other = 1; other <= nodes; other++) {
        cut(other, deaf);
      }
      return;
    }
    for (int from = 1; from <= nodes; from++) {
      for (int to = 1; to <= nodes; to++) {
        if (rng.below(4) == 0) {
          cut(from, to);
        }
      }
    }
  }

  /** Cuts all links of a node. */
  public void isolate(int node) {
    for (int other = 1; other <= nodes; other++) {
      cutBoth(node, other);
    }
  }
}

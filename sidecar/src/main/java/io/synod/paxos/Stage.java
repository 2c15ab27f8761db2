package io.synod.paxos;

/** What every role stands on. */
record Stage(Self self, Formation formation, Settings settings, Links links, Outbox out) {

  /** Whether this node's disk is one of the voters. */
  boolean isVoter() {
    return formation.isVoter(self.node(), self.incarnation());
  }
}

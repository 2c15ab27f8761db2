package io.synod.paxos;

import io.synod.paxos.value.Formation;

/** What all roles share: the identity of the node, its settings, and the parts of the replica. */
record RoleContext(
    Self self, Formation formation, Settings settings, Connectivity connectivity, Outbox out) {

  /** Whether this node's disk is one of the voters. */
  boolean isVoter() {
    return formation.isVoter(self.node(), self.incarnation());
  }
}

package io.synod.paxos;

import io.synod.paxos.value.Membership;

/** What all roles share: the identity of the node, its settings, and the parts of the replica. */
record RoleContext(
    Self self, Membership membership, Settings settings, Connectivity connectivity, Outbox out) {

  /** Whether this node's disk is one of the voters. */
  boolean isVoter() {
    return membership.isVoter(self.member());
  }
}

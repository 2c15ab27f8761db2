package io.synod.runtime.propose;

/** On whose behalf a proposal is made, which decides what room it may take. */
public enum ProposalKind {
  /** Somebody on this host. */
  CALLER,
  /** Somebody on this host who frees something, which must not wait for what is full. */
  FREEING,
  /** The node itself. */
  DUTY
}

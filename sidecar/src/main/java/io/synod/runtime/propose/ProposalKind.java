package io.synod.runtime.propose;

/** The origin of a proposal, which determines its budget. */
public enum ProposalKind {
  /** A caller at this node. */
  CALLER,
  /** A caller at this node that releases something, which must not wait for a full budget. */
  FREEING,
  /** The node itself. */
  DUTY
}

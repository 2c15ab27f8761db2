package io.synod.client;

import io.synod.v1.QuorumInfo;
import java.util.Optional;

/**
 * Too few voters are reachable, may vote, or have met to form the cluster. Nothing was executed.
 */
public final class NoQuorumException extends SynodException {
  private static final long serialVersionUID = 1L;
  private final QuorumInfo quorum;

  NoQuorumException(SynodException same, Optional<QuorumInfo> quorum) {
    super(String.valueOf(same.getMessage()), same);
    this.quorum = quorum.orElse(QuorumInfo.getDefaultInstance());
  }

  /** How many voters there are, are reachable, and are required. */
  public QuorumInfo quorum() {
    return quorum;
  }
}

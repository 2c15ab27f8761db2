package io.synod.paxos;

/** Builds the default settings with other values for some of them. */
public final class SettingsBuilder {
  private static final Settings USUAL = Settings.defaults();

  private long heartbeatNanos = USUAL.heartbeatNanos();
  private long electionTimeoutNanos = USUAL.electionTimeoutNanos();
  private int windowSlots = USUAL.windowSlots();
  private long windowBytesMax = USUAL.windowBytesMax();
  private int pageBytesMax = USUAL.pageBytesMax();
  private long recentBytesMax = USUAL.recentBytesMax();
  private int membershipDistance = USUAL.membershipDistance();

  public SettingsBuilder heartbeatNanos(long value) {
    heartbeatNanos = value;
    return this;
  }

  public SettingsBuilder electionTimeoutNanos(long value) {
    electionTimeoutNanos = value;
    return this;
  }

  public SettingsBuilder windowSlots(int value) {
    windowSlots = value;
    return this;
  }

  public SettingsBuilder windowBytesMax(long value) {
    windowBytesMax = value;
    return this;
  }

  public SettingsBuilder pageBytesMax(int value) {
    pageBytesMax = value;
    return this;
  }

  public SettingsBuilder recentBytesMax(long value) {
    recentBytesMax = value;
    return this;
  }

  public SettingsBuilder membershipDistance(int value) {
    membershipDistance = value;
    return this;
  }

  /** The settings. */
  public Settings build() {
    return new Settings(
        heartbeatNanos,
        electionTimeoutNanos,
        USUAL.resendNanos(),
        USUAL.resendMaxNanos(),
        USUAL.batchBytesMax(),
        windowSlots,
        windowBytesMax,
        USUAL.queueBytesMax(),
        pageBytesMax,
        recentBytesMax,
        USUAL.heartbeatHistory(),
        membershipDistance);
  }
}

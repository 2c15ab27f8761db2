package io.synod.sim.check;

import io.synod.runtime.port.Journal;

/** A journal that passes every call on to one other journal. */
public class PassingJournal extends ForwardingJournal {
  private final Journal journal;

  /** Creates a journal in front of another one. */
  public PassingJournal(Journal journal) {
    this.journal = journal;
  }

  @Override
  protected final Journal journal() {
    return journal;
  }
}

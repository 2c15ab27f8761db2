package io.synod.storage.journal;

import io.synod.runtime.port.Clock;
import java.util.concurrent.Executor;

/**
 * The clock and the executor of a journal.
 *
 * @param clock stamps records, and determines when to retry what found no space
 * @param executor runs long operations, one at a time, and must run each
 */
public record JournalRunner(Clock clock, Executor executor) {}

package io.synod.storage.journal;

import io.synod.runtime.port.Clock;
import java.util.concurrent.Executor;

/**
 * What a journal runs on.
 *
 * @param clock stamps records, and says when to try again what found no room
 * @param executor runs what takes long, one task at a time, and must run what it is given
 */
public record JournalRunner(Clock clock, Executor executor) {}

package io.synod.bench.load;

import java.time.Duration;

/**
 * One closed loop: each of {@code inFlight} callers asks again as soon as it is answered.
 *
 * @param size bytes of each value
 * @param warmup not counted
 * @param timeout of one call
 */
public record ClosedLoop(
    LoopWork work, int inFlight, int size, Duration warmup, Duration duration, Duration timeout) {}

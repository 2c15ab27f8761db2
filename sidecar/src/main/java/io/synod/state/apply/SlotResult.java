package io.synod.state.apply;

import io.synod.state.State;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Applied;
import io.synod.state.result.Effects;
import java.util.List;

/**
 * The result of applying a slot.
 *
 * @param before the state to which it was applied
 * @param after the resulting state
 * @param applied one for each command, in order
 * @param effects what readers of the log need besides the commands; see {@link Effects}
 * @param states the state after each command
 * @param ended the sessions that ended, in order
 */
public record SlotResult(
    State before,
    State after,
    List<Applied> applied,
    Payload effects,
    List<State> states,
    List<Long> ended) {}

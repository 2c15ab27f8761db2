package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.encoding.Digest;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;
import io.synod.state.result.Result;
import io.synod.state.result.ResultCodec;

/**
 * What is remembered of a command: what it was answered, refusals too. A copy of a command that was
 * refused may be chosen once more, when it could be done: its caller was told that it never is.
 *
 * @param attempt the attempt that was answered so first; see {@link Entry}
 * @param payloadDigest tells whether a repetition is one
 * @param result an {@link Result.Effect}, or a refusal
 */
public record CachedReply(
    long index, long slot, long logTimeMillis, long attempt, long payloadDigest, Result result) {

  /** Whether it answers this entry, and not another under the same name. */
  public boolean isTo(Entry entry) {
    return payloadDigest == digest(entry);
  }

  /** What tells an entry from others under the same name. */
  public static long digest(Entry entry) {
    long seed = entry.contentType().hashCode() * 31L + entry.kind().number();
    return Digest.of(seed, entry.payload().bytes());
  }

  /** What another copy of the command is answered. */
  public Result again() {
    return result instanceof Result.Effect effect
        ? new Result.Repetition(index, slot, logTimeMillis, attempt, effect.reply())
        : result;
  }

  /** What remembering it takes, roughly, beside what every answer takes. */
  long bytes() {
    return result instanceof Result.Effect effect ? effect.reply().bytes() : 0;
  }

  void pack(Packer packer) {
    packer.number(index).number(slot).number(logTimeMillis).number(attempt).number(payloadDigest);
    ResultCodec.pack(packer, result);
  }

  static CachedReply unpack(Unpacker from) {
    return new CachedReply(
        from.number(),
        from.number(),
        from.number(),
        from.number(),
        from.number(),
        ResultCodec.unpack(from));
  }
}

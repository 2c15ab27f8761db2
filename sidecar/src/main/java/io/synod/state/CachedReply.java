package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.encoding.Digest;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;
import io.synod.state.result.Result;
import io.synod.state.result.ResultCodec;

/**
 * The remembered result of a command, which may be a refusal. A copy of a refused command may be
 * chosen again when it could take effect: it is refused again, since its caller was answered that
 * it never takes effect.
 *
 * @param attempt the attempt that was answered first; see {@link Entry}
 * @param payloadDigest identifies the payload, to recognize a repetition
 * @param result a {@link Result.Effect}, or a refusal
 */
public record CachedReply(
    long index, long slot, long logTimeMillis, long attempt, long payloadDigest, Result result) {

  /** Whether this is the reply to this entry, and not to another one of the same name. */
  public boolean isTo(Entry entry) {
    return payloadDigest == digest(entry);
  }

  /** The digest that distinguishes an entry from others of the same name. */
  public static long digest(Entry entry) {
    long seed = entry.contentType().hashCode() * 31L + entry.kind().number();
    return Digest.of(seed, entry.payload().bytes());
  }

  /** The result of a repetition of the command. */
  public Result again() {
    return result instanceof Result.Effect effect
        ? new Result.Repetition(index, slot, logTimeMillis, attempt, effect.reply())
        : result;
  }

  /** About how much memory it takes, besides what every cached reply takes. */
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

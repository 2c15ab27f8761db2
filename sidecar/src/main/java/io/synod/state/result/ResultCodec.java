package io.synod.state.result;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;

/** Encodes and decodes remembered results for snapshots. */
public final class ResultCodec {
  private static final int EFFECT = 0;
  private static final int OWNER_UNKNOWN = 1;
  private static final int TOO_MANY_KEYS = 2;
  private static final int NOT_HELD = 3;
  private static final int CONSUMER_UNKNOWN = 4;
  private static final int MALFORMED = 5;
  private static final int ANSWER_TOO_LARGE = 6;
  private static final int REQUEST_ID_REUSED = 7;
  private static final int TOO_MANY_CONSUMERS = 8;
  private static final int ANSWERS_FULL = 9;

  private ResultCodec() {}

  public static void pack(Packer packer, Result result) {
    if (result instanceof Result.Effect effect) {
      packer.number(EFFECT);
      ReplyCodec.pack(packer, effect.reply());
    } else if (result instanceof Result.OwnerUnknown unknown) {
      packer.number(OWNER_UNKNOWN).number(unknown.session());
    } else if (result instanceof Result.TooManyKeys tooMany) {
      packer.number(TOO_MANY_KEYS).number(tooMany.limit());
    } else if (result instanceof Result.AnswerTooLarge tooLarge) {
      packer.number(ANSWER_TOO_LARGE).number(tooLarge.limit());
    } else if (result instanceof Result.NotHeld) {
      packer.number(NOT_HELD);
    } else if (result instanceof Result.ConsumerUnknown) {
      packer.number(CONSUMER_UNKNOWN);
    } else if (result instanceof Result.RequestIdReused) {
      packer.number(REQUEST_ID_REUSED);
    } else if (result instanceof Result.TooManyConsumers tooMany) {
      packer.number(TOO_MANY_CONSUMERS).number(tooMany.limit());
    } else if (result instanceof Result.AnswersFull full) {
      packer.number(ANSWERS_FULL).number(full.limit());
    } else if (result instanceof Result.Malformed) {
      packer.number(MALFORMED);
    } else {
      throw new IllegalStateException("never remembered: " + result);
    }
  }

  public static Result unpack(Unpacker from) {
    return switch (from.small(ANSWERS_FULL)) {
      case EFFECT -> new Result.Effect(ReplyCodec.unpack(from));
      case OWNER_UNKNOWN -> new Result.OwnerUnknown(from.number());
      case TOO_MANY_KEYS -> new Result.TooManyKeys(from.number());
      case NOT_HELD -> new Result.NotHeld();
      case ANSWER_TOO_LARGE -> new Result.AnswerTooLarge(from.number());
      case REQUEST_ID_REUSED -> new Result.RequestIdReused();
      case TOO_MANY_CONSUMERS -> new Result.TooManyConsumers(from.number());
      case ANSWERS_FULL -> new Result.AnswersFull(from.number());
      case CONSUMER_UNKNOWN -> new Result.ConsumerUnknown();
      default -> new Result.Malformed();
    };
  }
}

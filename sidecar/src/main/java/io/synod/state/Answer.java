package io.synod.state;

/**
 * What is remembered of a command that took effect.
 *
 * @param payloadDigest tells whether a repetition is one
 */
record Answer(long index, long slot, long logTimeMillis, long payloadDigest, Reply reply) {

  Result.Repetition repetition() {
    return new Result.Repetition(index, slot, logTimeMillis, reply);
  }

  void pack(Packer packer) {
    packer.number(index).number(slot).number(logTimeMillis).number(payloadDigest);
    ReplyCodec.pack(packer, reply);
  }

  static Answer unpack(Unpacker from) {
    return new Answer(
        from.number(), from.number(), from.number(), from.number(), ReplyCodec.unpack(from));
  }
}

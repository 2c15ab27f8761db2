package io.synod.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.synod.paxos.value.Input;
import io.synod.peer.v1.Frame;
import java.io.IOException;

/**
 * Encodes messages as bytes and decodes them, for one cluster. {@link #decode} accepts only bytes
 * that {@link #encode} of a correct peer can produce; all others are a {@link MalformedFrame}. Any
 * thread may call any method.
 */
public final class WireCodec {
  /** Frames below this size are not checked, since they cannot hold too many fields. */
  private static final int SMALL_FRAME_BYTES = 4096;

  /**
   * The largest number of fields in a frame: an empty one takes 2 bytes in the frame, but 50 in
   * memory.
   */
  private static final int FIELDS_MAX = 1 << 17;

  private final long cluster;

  /** A codec for the cluster with this hash of its name and voters, which is not 0. */
  public WireCodec(long cluster) {
    if (cluster == 0) {
      throw new IllegalArgumentException("the hash of a cluster must not be 0");
    }
    this.cluster = cluster;
  }

  /** The frame from which a peer decodes this input. */
  public byte[] encode(Input.Received received) {
    return frame(received).toByteArray();
  }

  /** As {@link #encode}, not serialized: it shares the bytes of the message's batches. */
  Frame frame(Input.Received received) {
    Frame.Builder frame =
        Frame.newBuilder()
            .setCluster(cluster)
            .setFrom(received.from())
            .setIncarnation(received.incarnation())
            .setFormation(received.formation());
    FrameWriter.write(received.message(), frame);
    return frame.build();
  }

  /**
   * Decodes a frame. The result shares nothing with {@code bytes}.
   *
   * @throws MalformedFrame unless it is exactly one frame of this cluster
   */
  public Input.Received decode(byte[] bytes) throws MalformedFrame {
    Frame frame = parse(bytes);
    FieldChecks.that(frame.getCluster() != 0, "the frame names no cluster");
    if (frame.getCluster() != cluster) {
      throw MalformedFrame.ofAnotherCluster();
    }
    int from = FieldChecks.node(frame.getFrom(), "the sender");
    long incarnation = FieldChecks.incarnation(frame.getIncarnation(), "the sender");
    return new Input.Received(from, incarnation, frame.getFormation(), FrameReader.read(frame));
  }

  private static Frame parse(byte[] bytes) throws MalformedFrame {
    ByteString wrapped = UnsafeByteOperations.unsafeWrap(bytes);
    try {
      if (bytes.length > SMALL_FRAME_BYTES) {
        checkFields(wrapped.newCodedInput());
      }
      CodedInputStream input = wrapped.newCodedInput();
      input.enableAliasing(true);
      return Frame.parseFrom(input);
    } catch (IOException notProtobuf) {
      throw new MalformedFrame("the bytes are not a frame");
    }
  }

  /** Counts the fields of the frame and of its message, before they are parsed. */
  private static void checkFields(CodedInputStream input) throws IOException, MalformedFrame {
    int fields = 0;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int limit = input.pushLimit(input.readRawVarint32());
        for (int inner = input.readTag(); inner != 0; inner = input.readTag()) {
          skip(input, inner);
          fields = count(fields);
        }
        input.popLimit(limit);
      } else {
        skip(input, tag);
      }
      fields = count(fields);
    }
  }

  private static int count(int fields) throws MalformedFrame {
    if (fields >= FIELDS_MAX) {
      throw new MalformedFrame("the frame has more than " + FIELDS_MAX + " fields");
    }
    return fields + 1;
  }

  private static void skip(CodedInputStream input, int tag) throws IOException, MalformedFrame {
    if (!input.skipField(tag)) {
      throw new MalformedFrame("the bytes are not a frame");
    }
  }
}

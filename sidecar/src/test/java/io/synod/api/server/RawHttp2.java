package io.synod.api.server;

import com.google.protobuf.ByteString;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 client that ignores the limits of the server. */
final class RawHttp2 implements AutoCloseable {
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;

  /** A frame from the server. */
  record Frame(int type, int flags, ByteString payload) {
    boolean isAck() {
      return (flags & 1) != 0;
    }

    /** The error code and text of a {@link #GO_AWAY}. */
    String error() {
      int code = payload.asReadOnlyByteBuffer().getInt(4);
      return code + " " + payload.substring(8).toString(StandardCharsets.US_ASCII);
    }
  }

  RawHttp2(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    in = new DataInputStream(socket.getInputStream());
    socket.getOutputStream().write(PREFACE);
    send(SETTINGS, new byte[0]);
  }

  void ping() throws IOException {
    send(PING, new byte[8]);
  }

  private void send(int type, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) 0).putShort((short) payload.length).put((byte) type).put((byte) 0).putInt(0);
    socket.getOutputStream().write(frame.put(payload).array());
  }

  /** The next frame of this type. */
  Frame next(int type) throws IOException {
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int actual = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.readInt();
      ByteString payload = ByteString.copyFrom(in.readNBytes(length));
      if (actual == type) {
        return new Frame(type, flags, payload);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

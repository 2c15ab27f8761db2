package io.synod.storage.sealed;

import java.io.IOException;
import java.util.Arrays;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.serializer.GroupSerializerObjectArray;

/**
 * Serializes the chunks of a segment; an implausible length is rejected before memory is allocated
 * for it.
 */
final class ChunkSerializer extends GroupSerializerObjectArray<byte[]> {
  static final int CHUNK_BYTES_MAX = 48 * 1024;

  @Override
  public void serialize(DataOutput2 out, byte[] value) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  @Override
  public byte[] deserialize(DataInput2 in, int available) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > CHUNK_BYTES_MAX) {
      throw new IOException("a chunk claims " + length + " bytes");
    }
    byte[] value = new byte[length];
    in.readFully(value);
    return value;
  }

  @Override
  public boolean isTrusted() {
    return true;
  }

  @Override
  public int compare(byte[] first, byte[] second) {
    return Arrays.compareUnsigned(first, second);
  }

  @Override
  public boolean equals(byte[] first, byte[] second) {
    return Arrays.equals(first, second);
  }

  @Override
  public int hashCode(byte[] value, int seed) {
    return Arrays.hashCode(value) ^ seed;
  }
}

package io.synod.storage.directory;

import io.synod.storage.sealed.SealedStream;
import io.synod.storage.tail.DiskIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.SortedSet;

/** Makes the identity of a disk, and recognizes one. */
public final class DirectoryIdentity {
  private DirectoryIdentity() {}

  /**
   * The identity of a new disk.
   *
   * @param cluster the digest that identifies the cluster by its name and voters
   * @param restore identifies the backup from which the disk is restored, and how; 0 for an empty
   *     one
   */
  static DiskIdentity of(long cluster, int node, long restore) {
    return new DiskIdentity(cluster(cluster, restore), node, newIncarnation(), restore);
  }

  /**
   * The digest that identifies a cluster.
   *
   * @param name its name
   * @param voters the numbers of its voters
   */
  public static long cluster(String name, SortedSet<Integer> voters) {
    byte[] both = (name + voters).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(SealedStream.sha256().digest(both)).getLong() | 1;
  }

  /** Whether a disk belongs to the cluster with this name and these voters. */
  public static boolean isOf(DiskIdentity disk, String name, SortedSet<Integer> voters) {
    return disk.cluster() == cluster(cluster(name, voters), disk.restore());
  }

  /**
   * The number by which a disk knows its cluster: for a disk that began empty, the hash of the
   * cluster's name and voters; for a restored one, also of the backup, so that no file of the
   * original cluster, or of another restore, is ever taken for one of this disk.
   */
  private static long cluster(long cluster, long restore) {
    if (restore == 0) {
      return cluster;
    }
    byte[] both = ByteBuffer.allocate(2 * Long.BYTES).putLong(cluster).putLong(restore).array();
    return ByteBuffer.wrap(SealedStream.sha256().digest(both)).getLong() | 1;
  }

  private static long newIncarnation() {
    SecureRandom random = new SecureRandom();
    long incarnation = random.nextLong();
    while (incarnation == 0) {
      incarnation = random.nextLong();
    }
    return incarnation;
  }
}

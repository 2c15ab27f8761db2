package io.synod.paxos.value;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The memberships of a log by the first slot that each governs: an immutable value, and a function
 * of the chosen prefix. A membership that is chosen governs only slots that are a constant distance
 * later, so that a leader knows the membership of every slot that it may propose.
 *
 * @param byFirstSlot the memberships; the oldest governs the first slot that is asked for
 */
public record Memberships(SortedMap<Long, Membership> byFirstSlot) {
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

  /** Takes {@code byFirstSlot} over. */
  public Memberships {
    Check.that(!byFirstSlot.isEmpty(), "a cluster has a membership");
  }

  /** A cluster that formed, before anything was chosen. */
  public static Memberships of(Formation formation) {
    return new Memberships(sorted(Map.of(1L, Membership.of(formation))));
  }

  /**
   * A cluster that formed, and the memberships that were chosen since.
   *
   * @param chosen null if none was
   */
  public static Memberships of(Formation formation, @Nullable Memberships chosen) {
    return chosen == null ? of(formation) : chosen.since(formation);
  }

  private static NavigableMap<Long, Membership> sorted(Map<Long, Membership> bySlot) {
    return Collections.unmodifiableNavigableMap(new TreeMap<>(bySlot));
  }

  /** The membership that governs this slot, as far as is known. */
  public Membership of(long slot) {
    SortedMap<Long, Membership> until = byFirstSlot.headMap(slot + 1);
    return requireNonNull(
        byFirstSlot.get(until.isEmpty() ? byFirstSlot.firstKey() : until.lastKey()));
  }

  /** The membership that was chosen last. */
  public Membership newest() {
    return requireNonNull(byFirstSlot.get(byFirstSlot.lastKey()));
  }

  /** The first slot that the newest membership governs. */
  public long newestFrom() {
    return byFirstSlot.lastKey();
  }

  /** The memberships that govern slots from this one on, as far as is known; the oldest first. */
  public List<Membership> from(long slot) {
    // There is mostly one, and this is called for every message.
    return byFirstSlot.size() == 1
        ? List.of(newest())
        : List.copyOf(since(slot).byFirstSlot.values());
  }

  /**
   * The memberships once this one is chosen for a slot. It has no effect unless it is the successor
   * of the newest one: another leader's change may have come first.
   *
   * @param distance how many slots later it governs
   */
  public Memberships after(long slot, Membership chosen, int distance) {
    long from = slot + distance;
    if (chosen.epoch() != newest().epoch() + 1 || from <= newestFrom()) {
      return this;
    }
    NavigableMap<Long, Membership> more = new TreeMap<>(byFirstSlot);
    more.put(from, chosen);
    return new Memberships(sorted(more));
  }

  /**
   * The memberships that were chosen since the cluster formed, once this one is chosen; null while
   * there is none. See {@link #after}.
   */
  public static @Nullable Memberships extended(
      @Nullable Memberships since, long slot, Membership chosen, int distance) {
    if (since != null) {
      return since.after(slot, chosen, distance).since(slot);
    }
    return chosen.epoch() == Membership.FIRST_EPOCH + 1
        ? new Memberships(sorted(Map.of(slot + distance, chosen)))
        : null;
  }

  /** These memberships, chosen since a cluster formed, after the one with which it formed. */
  public Memberships since(Formation formation) {
    Membership oldest = requireNonNull(byFirstSlot.get(byFirstSlot.firstKey()));
    if (oldest.epoch() > Membership.FIRST_EPOCH + 1) {
      // The one with which the cluster formed governs no slot that is still asked for.
      return this;
    }
    NavigableMap<Long, Membership> all = new TreeMap<>(byFirstSlot);
    all.put(1L, Membership.of(formation));
    return new Memberships(sorted(all));
  }

  /** Without the memberships that govern only slots below this one. */
  public Memberships since(long slot) {
    SortedMap<Long, Membership> until = byFirstSlot.headMap(slot + 1);
    return until.size() <= 1 ? this : new Memberships(sorted(byFirstSlot.tailMap(until.lastKey())));
  }

  /** Its encoding: for each, the first slot (8), the length (4) and the membership. */
  public byte[] encode() {
    byte[] encoded = new byte[0];
    for (Map.Entry<Long, Membership> next : byFirstSlot.entrySet()) {
      byte[] membership = next.getValue().encode();
      int at = encoded.length;
      encoded = Arrays.copyOf(encoded, at + HEADER_BYTES + membership.length);
      BigEndian.putLong(encoded, at, next.getKey());
      BigEndian.putInt(encoded, at + Long.BYTES, membership.length);
      System.arraycopy(membership, 0, encoded, at + HEADER_BYTES, membership.length);
    }
    return encoded;
  }

  /**
   * Decodes what {@link #encode} made.
   *
   * @throws IllegalArgumentException if the bytes are not memberships
   */
  public static Memberships decode(byte[] encoded) {
    Map<Long, Membership> bySlot = new TreeMap<>();
    int at = 0;
    while (encoded.length - at >= HEADER_BYTES) {
      int from = at + HEADER_BYTES;
      int length = BigEndian.getInt(encoded, at + Long.BYTES);
      if (length < 0 || length > encoded.length - from) {
        throw new IllegalArgumentException("memberships that end too early");
      }
      byte[] part = Arrays.copyOfRange(encoded, from, from + length);
      bySlot.put(BigEndian.getLong(encoded, at), Membership.decode(part));
      at = from + length;
    }
    if (bySlot.isEmpty() || at != encoded.length || !followEachOther(bySlot.values())) {
      throw new IllegalArgumentException("memberships of " + encoded.length + " bytes");
    }
    return new Memberships(sorted(bySlot));
  }

  private static boolean followEachOther(Collection<Membership> memberships) {
    long next = memberships.iterator().next().epoch();
    for (Membership membership : memberships) {
      if (membership.epoch() != next++) {
        return false;
      }
    }
    return true;
  }
}

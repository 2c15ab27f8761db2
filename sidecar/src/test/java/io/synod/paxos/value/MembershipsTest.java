package io.synod.paxos.value;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests which membership governs which slot, and its encoding. */
class MembershipsTest {
  private static final int DISTANCE = 8;
  private static final Member LOST = new Member(2, 12);
  private static final Member NEW = new Member(2, 92);

  private final Formation formation = new Formation(Map.of(1, 11L, 2, 12L, 3, 13L));
  private final Memberships first = Memberships.of(formation);
  private final Membership second = first.newest().replacing(LOST, NEW);
  private final Memberships changed = first.after(20, second, DISTANCE);

  @Test
  void governsOnlySlotsThatAreTheDistanceLater() {
    assertThat(changed.of(27)).isEqualTo(first.newest());
    assertThat(changed.of(28)).isEqualTo(second);
    assertThat(changed.newestFrom()).isEqualTo(28);
    assertThat(changed.from(21)).containsExactly(first.newest(), second);
    assertThat(changed.from(28)).containsExactly(second);
  }

  @Test
  void replacesTheDiskOfANodeForGood() {
    assertThat(second.isVoter(NEW)).isTrue();
    assertThat(second.isVoter(LOST)).isFalse();
    assertThat(second.retired()).containsExactly(LOST);
    assertThat(second.quorum()).isEqualTo(2);
    assertThat(second.voter(2)).isEqualTo(NEW);
    assertThat(second.voter(4)).isNull();
    assertThatThrownBy(() -> second.replacing(NEW, LOST))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("retired");
  }

  /** Two leaders may propose a change each, and both may be chosen. */
  @Test
  void takesOnlyTheSuccessorOfTheNewestMembership() {
    Membership rival = first.newest().replacing(new Member(3, 13), new Member(3, 93));
    assertThat(changed.after(21, rival, DISTANCE)).isEqualTo(changed);
    Membership third = second.replacing(new Member(3, 13), new Member(3, 93));
    assertThat(first.after(20, third, DISTANCE)).isEqualTo(first);
    assertThat(changed.after(30, third, DISTANCE).of(38)).isEqualTo(third);
  }

  @Test
  void refusesAnEncodingWhoseMembershipsDoNotFollowEachOther() {
    Membership third = second.replacing(new Member(3, 13), new Member(3, 93));
    Memberships gap = new Memberships(new TreeMap<>(Map.of(1L, first.newest(), 28L, third)));
    assertThatThrownBy(() -> Memberships.decode(gap.encode()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void forgetsWhatGovernsNoLaterSlot() {
    assertThat(changed.since(27)).isEqualTo(changed);
    assertThat(changed.since(28).from(1)).containsExactly(second);
  }

  @Test
  void isTheSameFromTheFormationOnAndFromTheChangesSinceThen() {
    Memberships changes = requireNonNull(Memberships.extended(null, 20, second, DISTANCE));
    assertThat(changes).isNotNull();
    assertThat(changes.since(formation)).isEqualTo(changed);
    Membership third = second.replacing(new Member(3, 13), new Member(3, 93));
    Memberships later = requireNonNull(Memberships.extended(changes, 40, third, DISTANCE));
    assertThat(later).isNotNull();
    assertThat(later.since(formation).of(45)).isEqualTo(second);
    assertThat(later.since(formation).of(48)).isEqualTo(third);
    assertThat(Memberships.extended(null, 20, third, DISTANCE)).isNull();
  }

  @Test
  void readsBackWhatItWrites() {
    assertThat(Memberships.decode(changed.encode())).isEqualTo(changed);
    Batch batch = Batch.of(77, second);
    assertThat(Batch.decode(batch.encoded().clone())).isEqualTo(batch);
    assertThat(batch.membership()).isEqualTo(second);
    assertThat(batch.count()).isZero();
    assertThat(batch.commands()).isEmpty();
    assertThat(batch.isNoOp()).isFalse();
    assertThat(batch.logTimeMillis()).isEqualTo(77);
    assertThat(Batch.noOp(77).membership()).isNull();
  }

  @Test
  void refusesBytesThatAreNoMemberships() {
    byte[] encoded = changed.encode();
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      boolean whole = length == 12 + first.newest().encode().length;
      if (!whole) {
        assertThatThrownBy(() -> Memberships.decode(cut))
            .as("%d bytes", length)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    byte[] batch = Batch.of(1, second).encoded();
    for (int length = 12; length < batch.length; length++) {
      byte[] cut = Arrays.copyOf(batch, length);
      assertThatThrownBy(() -> Batch.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    Membership twice = new Membership(1, new TreeSet<>(first.newest().voters()), new TreeSet<>());
    byte[] repeated = twice.encode();
    repeated[8 + 4 + 12 + 3] = 1; // The second voter gets the number of the first.
    assertThatThrownBy(() -> Membership.decode(repeated))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

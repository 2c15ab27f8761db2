package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests which nodes have streams with each other. */
final class PeerStandingTest {
  private static final PeerStanding EMPTY = new PeerStanding(0, false);
  private static final PeerStanding ORIGINAL = new PeerStanding(0, true);
  private static final PeerStanding RESTORED = new PeerStanding(7, false);
  private static final PeerStanding FORMED = new PeerStanding(7, true);
  private static final PeerStanding OTHER = new PeerStanding(8, false);
  private static final PeerStanding OTHER_FORMED = new PeerStanding(8, true);

  private static void accepts(PeerStanding one, PeerStanding... others) {
    for (PeerStanding other : others) {
      assertThat(one.refusal(other)).as("%s by %s", other, one).isNull();
      assertThat(other.refusal(one)).as("%s by %s", one, other).isNull();
    }
  }

  private static void refuses(PeerStanding one, PeerStanding... others) {
    for (PeerStanding other : others) {
      assertThat(one.refusal(other)).as("%s by %s", other, one).contains("another cluster");
      assertThat(other.refusal(one)).as("%s by %s", one, other).contains("another cluster");
    }
  }

  @Test
  void nodesOfOneOriginReachEachOther() {
    accepts(EMPTY, EMPTY, ORIGINAL);
    accepts(ORIGINAL, ORIGINAL);
    accepts(RESTORED, RESTORED, FORMED);
    accepts(FORMED, FORMED);
  }

  @Test
  void anEmptyNodeMayJoinAnyCluster() {
    accepts(EMPTY, FORMED, OTHER_FORMED);
  }

  @Test
  void nodesThatAreNotFormedSayHowTheyDiffer() {
    accepts(RESTORED, EMPTY, OTHER);
  }

  @Test
  void aRestoredNodeReachesNoClusterOfAnotherOrigin() {
    refuses(RESTORED, ORIGINAL, OTHER_FORMED);
    refuses(FORMED, ORIGINAL, OTHER, OTHER_FORMED);
  }

  @Test
  void aRefusalNamesBothOriginsAndTheRemedy() {
    assertThat(OTHER_FORMED.refusal(RESTORED))
        .isEqualTo(
            "the stream is of another cluster: the caller was restored from a backup with"
                + " cluster digest 7, and this node belongs to a cluster that was restored from a"
                + " backup with cluster digest 8; the caller joins with an empty data directory"
                + " only");
    assertThat(RESTORED.refusal(ORIGINAL))
        .isEqualTo(
            "the stream is of another cluster: the caller belongs to a cluster that was not"
                + " restored from a backup, and this node was restored from a backup with cluster"
                + " digest 7; this node joins with an empty data directory only");
    assertThat(FORMED.refusal(OTHER_FORMED)).contains("correct the addresses of the peers");
  }

  @Test
  void aHandshakeCarriesIt() {
    for (PeerStanding standing : List.of(EMPTY, ORIGINAL, RESTORED, new PeerStanding(-1, true))) {
      Handshake sent = new Handshake(3, 1, 2, 5, 1, standing);
      assertThat(Handshake.of(sent.headers())).isEqualTo(sent);
    }
  }

  private static Metadata headers(String... removed) {
    Metadata headers = new Handshake(3, 1, 2, 5, 1, FORMED).headers();
    for (String name : removed) {
      headers.removeAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
    return headers;
  }

  @Test
  void aVersionThatRestoresNothingReachesClustersThatWereNotRestored() {
    Handshake older = Handshake.of(headers("synod-restore", "synod-formed"));
    assertThat(older).isEqualTo(new Handshake(3, 1, 2, 5, 1, ORIGINAL));
    accepts(ORIGINAL, ORIGINAL, EMPTY);
  }

  @Test
  void aHandshakeWithAPartOrAWrongValueIsNone() {
    assertThat(Handshake.of(headers("synod-restore"))).isNull();
    assertThat(Handshake.of(headers("synod-formed"))).isNull();
    Metadata wrong = headers("synod-formed");
    wrong.put(Metadata.Key.of("synod-formed", Metadata.ASCII_STRING_MARSHALLER), "yes");
    assertThat(Handshake.of(wrong)).isNull();
  }
}

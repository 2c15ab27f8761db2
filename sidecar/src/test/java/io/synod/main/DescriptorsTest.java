package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
  /** The connections together leave the reserve and the calls to peers. */
  @ParameterizedTest
  @CsvSource({
    "1048576, 1024, 2, api=1024 http=64 peers=20",
    "1024, 1024, 2, api=720 http=64 peers=20",
    "300, 1024, 0, api=68 http=16 peers=8",
    "300, 50, 0, api=50 http=16 peers=8",
    "288, 1024, 2, api=32 http=16 peers=20",
    "2147483647, 1000000, 8, api=1000000 http=64 peers=56"
  })
  void sharesWhatThereIs(long limit, int wanted, int others, String shares) throws IOException {
    Descriptors shared = Descriptors.share(limit, wanted, others);

    int api = shared.api();
    int http = shared.http();
    int peers = shared.peers();
    assertThat("api=" + api + " http=" + http + " peers=" + peers).isEqualTo(shares);
    int calls = Descriptors.PER_PEER * others;
    assertThat((long) api + http + peers + calls + Descriptors.RESERVE).isLessThanOrEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 264", "263, 0, 264", "287, 2, 288", "256, 8, 360"})
  void refusesTooFew(long limit, int others, int least) {
    assertThatThrownBy(() -> Descriptors.share(limit, 1024, others))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(String.valueOf(least));
  }

  @Test
  void knowsTheLimitOfThisProcess() {
    assertThat(Descriptors.limitOfProcess()).isBetween(16L, (long) Integer.MAX_VALUE);
  }
}

package io.synod.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which endpoints are accepted, and the targets made of them. */
@Timeout(60)
class EndpointResolverTest {
  @ParameterizedTest
  @CsvSource({
    "synod_1:7401, synod-endpoint:///synod_1/7401",
    "synod-0.1ns.svc.:7401, synod-endpoint:///synod-0.1ns.svc./7401",
    "[fe80::1%eth0]:1, synod-endpoint:///fe80%3A%3A1%25eth0/1",
    "unix:/run/synod.sock, unix:/run/synod.sock",
    "dns:///a.example:1, dns:///a.example:1"
  })
  void leavesToGrpcWhatIsNoHostAndPort(String endpoint, String target) {
    assertThat(EndpointResolver.target(endpoint)).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]"})
  void leadsToAServer(String host) throws Exception {
    Server nothing = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).build();
    nothing.start();
    try (SynodClient client = SynodClient.connect(host + ":" + nothing.getPort())) {
      SynodException error =
          catchThrowableOfType(SynodException.class, () -> client.propose(new byte[1]));

      assertThat(error).hasMessageContaining("UNIMPLEMENTED");
    } finally {
      nothing.shutdownNow();
    }
  }

  @Test
  void saysThatANameIsNotKnown() {
    try (SynodClient nobody = SynodClient.connect("no_such.invalid:7401")) {
      SynodException error =
          catchThrowableOfType(
              SynodException.class, () -> nobody.propose(new byte[1], "", Duration.ofMillis(500)));

      assertThat(error).hasMessageContaining("no_such.invalid");
    }
  }
}

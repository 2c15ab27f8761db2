package io.synod.transport;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers under names that a URI does not allow, but a hosts file, Docker or Kubernetes does. */
@Timeout(120)
class PeerNamesIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"synod_1", "synod-0.synod.1ns", "synod-0.synod.ns.svc."})
  void reachesAPeerUnderAnyNameThatResolves(String name) throws Exception {
    Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.2 " + name + "\n");
    String one = Integer.toString(TestPeer.freePort("127.0.0.1"));
    String two = Integer.toString(TestPeer.freePort("127.0.0.2"));
    try (ChildProcess named =
            new ChildProcess(hosts, "2", "200", "127.0.0.2", two, "1", "127.0.0.1", one);
        ChildProcess calling =
            new ChildProcess(hosts, "1", "100", "127.0.0.1", one, "2", name, two)) {
      named.awaitLine("heard 100");
      calling.awaitLine("heard 200");
    }
  }
}

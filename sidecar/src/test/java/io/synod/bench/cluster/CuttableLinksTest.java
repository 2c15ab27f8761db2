package io.synod.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the links with this process as the first member, which calls a second one. */
final class CuttableLinksTest {
  private static final int SHORT_MILLIS = 200;
  private static final int PATIENCE_MILLIS = 20_000;

  private final ServerSocket second = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  private final Process other = new ProcessBuilder("sleep", "60").start();

  private CuttableLinks links =
      new CuttableLinks(
          List.of(1, second.getLocalPort()),
          () -> List.of(ProcessHandle.current(), other.toHandle()));
  private Socket caller;
  private Socket called;

  CuttableLinksTest() throws IOException {}

  @BeforeEach
  void connect() throws IOException {
    second.setSoTimeout(PATIENCE_MILLIS);
    caller = new Socket(InetAddress.getLoopbackAddress(), links.ports().get(1));
    called = second.accept();
  }

  @AfterEach
  void close() throws IOException {
    links.close();
    caller.close();
    called.close();
    second.close();
    other.destroyForcibly();
  }

  private static void passes(Socket from, Socket to) throws IOException {
    from.getOutputStream().write(7);
    arrives(to, 7);
  }

  private static void arrives(Socket to, int expected) throws IOException {
    to.setSoTimeout(PATIENCE_MILLIS);
    assertThat(to.getInputStream().read()).isEqualTo(expected);
  }

  private static void nothingArrives(Socket to) throws IOException {
    to.setSoTimeout(SHORT_MILLIS);
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> to.getInputStream().read());
  }

  @Test
  void passesBothDirections() throws IOException {
    passes(caller, called);
    passes(called, caller);
  }

  @Test
  void holdsWhatIsSentToAMemberUntilItIsRestored() throws IOException {
    links.cutTo(1);
    passes(called, caller);
    caller.getOutputStream().write(9);
    nothingArrives(called);

    links.restore();
    arrives(called, 9);
    passes(caller, called);
  }

  @Test
  void holdsWhatIsSentFromAMember() throws IOException {
    links.cutFrom(1);
    passes(caller, called);
    called.getOutputStream().write(9);
    nothingArrives(caller);

    links.restore();
    arrives(caller, 9);
  }

  @Test
  void countsAConnectionAsThatOfItsCaller() throws IOException {
    links.cutTo(0);
    passes(caller, called);
    called.getOutputStream().write(9);
    nothingArrives(caller);
  }

  @Test
  void holdsTheEndOfAConnection() throws IOException {
    links.cutFrom(0);
    caller.close();
    nothingArrives(called);

    links.restore();
    arrives(called, -1);
  }

  @Test
  void connectsNewCallersOnceItIsRestored() throws IOException {
    links.cutFrom(1);
    try (Socket late = new Socket(InetAddress.getLoopbackAddress(), links.ports().get(1))) {
      second.setSoTimeout(SHORT_MILLIS);
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(second::accept);

      links.restore();
      second.setSoTimeout(PATIENCE_MILLIS);
      try (Socket accepted = second.accept()) {
        passes(late, accepted);
      }
    }
  }

  @Test
  void refusesCallersThatAreNoMembers() throws IOException {
    links.close();
    links =
        new CuttableLinks(
            List.of(1, second.getLocalPort()), () -> List.of(other.toHandle(), other.toHandle()));
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), links.ports().get(1))) {
      arrives(stranger, -1);
    }
  }

  @Test
  void readsTheInodeOfASocket() {
    List<String> lines =
        List.of(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
                + "  timeout inode",
            "   0: 0100007F:1F90 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0"
                + "        0 4711 1 0000000000000000 20 0 0 10 0",
            "   1: 0100007F:0050 0100007F:1F90 06 00000000:00000000 00:00000000 00000000     0"
                + "        0 0 1 0000000000000000 20 0 0 10 0");

    assertThat(SocketOwners.inode(lines, 8080, 80)).isEqualTo(OptionalLong.of(4711));
    // The socket of an ended process has no inode.
    assertThat(SocketOwners.inode(lines, 80, 8080)).isEmpty();
    assertThat(SocketOwners.inode(lines, 8080, 81)).isEmpty();
  }
}

package io.synod.cli.session;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Reading;
import io.synod.cli.shared.Shown;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.ListSessionsResponse.Session;
import io.synod.v1.SessionsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code synod session list}. */
@Command(
    name = "list",
    description = {"Lists the sessions that are open, the oldest first.", ""},
    footer = {"", Reading.LEVELS})
final class SessionListCommand extends ClientCommand {
  /** So that the end is known by a page that is not full. */
  private static final int PAGE = 1000;

  @Mixin Reading reading = new Reading();

  @Override
  protected int run(ManagedChannel channel) {
    refuse(reading.fault());
    SessionsGrpc.SessionsBlockingStub stub = SessionsGrpc.newBlockingStub(channel);
    ListSessionsRequest.Builder request =
        ListSessionsRequest.newBuilder().setOptions(reading.options()).setPageSize(PAGE);
    boolean header = !json();
    ListSessionsResponse page;
    do {
      page = timed(stub).listSessions(request.build());
      if (json()) {
        printJson(page);
      }
      for (Session session : page.getSessionsList()) {
        if (header) {
          print(
              Shown.format(
                  "%10s  %-7s %8s %8s %6s  %s", "ID", "FROM", "TTL", "ANSWERS", "KEYS", "NAME"));
          header = false;
        }
        if (!json()) {
          print(row(session));
        }
        request.setAfterSessionId(session.getSessionId());
      }
    } while (page.getSessionsCount() == PAGE && !unread());
    if (!json()) {
      out().flush();
      say("# " + Reading.told(page.getInfo()));
    }
    return ExitStatus.OK;
  }

  private static String row(Session session) {
    return Shown.format(
        "%10s  %-7s %8s %8d %6d  %s%s",
        Shown.line(session.getSessionId()),
        Shown.node(session.getNodeId()),
        session.hasTtl() ? Shown.span(session.getTtl()) : "-",
        session.getRememberedAnswers(),
        session.getEphemeralKeys(),
        Shown.line(session.getDisplayName()),
        session.getLock().isEmpty() ? "" : " (lock " + Shown.line(session.getLock()) + ")");
  }
}

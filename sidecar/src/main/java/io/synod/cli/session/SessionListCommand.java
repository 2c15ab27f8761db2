package io.synod.cli.session;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
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
    footer = {"", ReadLevelOptions.LEVELS})
final class SessionListCommand extends ClientCommand {
  /** So that the end is known by a page that is not full. */
  private static final int PAGE = 1000;

  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    SessionsGrpc.SessionsBlockingStub stub = SessionsGrpc.newBlockingStub(channel);
    ListSessionsRequest.Builder request =
        ListSessionsRequest.newBuilder().setOptions(readLevelOptions.options()).setPageSize(PAGE);
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
              ValueText.format(
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
      say("# " + ReadLevelOptions.told(page.getInfo()));
    }
    return ExitStatus.OK;
  }

  private static String row(Session session) {
    return ValueText.format(
        "%10s  %-7s %8s %8d %6d  %s%s",
        ValueText.line(session.getSessionId()),
        ValueText.node(session.getNodeId()),
        session.hasTtl() ? ValueText.span(session.getTtl()) : "-",
        session.getRememberedAnswers(),
        session.getEphemeralKeys(),
        ValueText.line(session.getDisplayName()),
        session.getLock().isEmpty() ? "" : " (lock " + ValueText.line(session.getLock()) + ")");
  }
}

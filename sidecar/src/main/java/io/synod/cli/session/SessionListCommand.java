package io.synod.cli.session;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.ListSessionsResponse.Session;
import io.synod.v1.SessionsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The {@code synod session list} command. */
@Command(
    name = "list",
    description = {"List the open sessions, the oldest first.", ""},
    footer = {"", ReadLevelOptions.LEVELS})
final class SessionListCommand extends ClientCommand {
  /** The size of a page; a smaller page is the last one. */
  private static final int PAGE = 1000;

  private static final Columns COLUMNS =
      Columns.none()
          .right("ID", 10)
          .left("FROM", 7)
          .right("TTL", 8)
          .right("ANSWERS", 8)
          .right("KEYS", 6)
          .left("NAME", 0);

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
          print(COLUMNS.header());
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
      printError("# " + ReadLevelOptions.text(page.getInfo()));
    }
    return ExitStatus.OK;
  }

  private static String row(Session session) {
    return COLUMNS.row(
        ValueText.line(session.getSessionId()),
        ValueText.node(session.getNodeId()),
        session.hasTtl() ? ValueText.span(session.getTtl()) : "-",
        session.getRememberedAnswers(),
        session.getEphemeralKeys(),
        ValueText.line(session.getDisplayName())
            + (session.getLock().isEmpty()
                ? ""
                : " (lock " + ValueText.line(session.getLock()) + ")"));
  }
}

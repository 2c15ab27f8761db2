package io.synod.cli.session;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Interruption;
import io.synod.cli.shared.ValueText;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.SessionState;
import io.synod.v1.SessionsGrpc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The {@code synod session keep} command. */
@Command(
    name = "keep",
    description = {
      "Renew sessions that have a ttl, until Ctrl-C. After that they live on for their ttl.",
      ""
    },
    footer = {"", "Exits with 3 once all of them are over."})
final class SessionKeepCommand extends ClientCommand {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "From synod session open --ttl.")
  List<String> ids = new ArrayList<>();

  /** The states in order of arrival; the last one may be an error. */
  private final BlockingQueue<Object> updates = new LinkedBlockingQueue<>();

  @Override
  protected int run(ManagedChannel channel) {
    try (Interruption interruption = new Interruption()) {
      interruption.context().run(() -> open(SessionsGrpc.newStub(channel)));
      Set<String> left = new HashSet<>(ids);
      while (!left.isEmpty()) {
        Object one = updates.take();
        if (one instanceof SessionState state) {
          show(state);
          if (state.getOver()) {
            left.remove(state.getSessionId());
          }
        } else if (interruption.happened()) {
          return ExitStatus.OK;
        } else if (one instanceof StatusRuntimeException error) {
          throw error;
        }
      }
      return ExitStatus.UNHEALTHY;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.asRuntimeException();
    }
  }

  private void open(SessionsGrpc.SessionsStub stub) {
    StreamObserver<KeepSessionRequest> requests =
        stub.keepSessions(
            new StreamObserver<>() {
              @Override
              public void onNext(SessionState state) {
                updates.add(state);
              }

              @Override
              public void onError(Throwable error) {
                updates.add(
                    error instanceof StatusRuntimeException known
                        ? known
                        : Status.fromThrowable(error).asRuntimeException());
              }

              @Override
              public void onCompleted() {
                onError(Status.UNAVAILABLE.asRuntimeException());
              }
            });
    ids.forEach(id -> requests.onNext(KeepSessionRequest.newBuilder().setSessionId(id).build()));
  }

  private void show(SessionState state) {
    if (json()) {
      printJson(state);
    } else {
      String id = "session " + ValueText.line(state.getSessionId());
      if (state.getOver()) {
        print(id + " is over");
      } else {
        print(id + " is valid for " + ValueText.span(state.getValidFor()));
      }
    }
    out().flush();
  }
}

package io.synod.cli.lock;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.synod.cli.shared.DurationOption;
import io.synod.v1.HoldRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a hold, shared by lock and elect. */
final class HoldOptions {
  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = DurationOption.class,
      description = "How long to wait for the lock. Default: without limit.")
  @Nullable Duration wait;

  @Option(names = "--try", description = "Do not wait for the lock.")
  boolean once;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationOption.class,
      description =
          "How long the hold outlasts a sidecar that no longer renews it."
              + " Default: ${DEFAULT-VALUE}")
  Duration ttl = Duration.ofSeconds(10);

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationOption.class,
      description =
          "Grace period of the command after the lock is lost, before it is killed."
              + " Default: ${DEFAULT-VALUE}")
  Duration grace = Duration.ofSeconds(5);

  /** What is wrong with the options; null if nothing is. */
  @Nullable String fault() {
    return once && wait != null ? "give --wait or --try, not both" : null;
  }

  HoldRequest request(String name, ByteString value) {
    HoldRequest.Builder request =
        HoldRequest.newBuilder()
            .setName(name)
            .setValue(value)
            .setTtl(Durations.fromMillis(ttl.toMillis()));
    if (once) {
      request.setWait(Durations.ZERO);
    } else if (wait != null) {
      request.setWait(Durations.fromMillis(wait.toMillis()));
    }
    return request.build();
  }
}

package io.synod.cli.shared;

import com.google.protobuf.util.Durations;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ResponseInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how fresh an answer must be, shared by the commands that read. */
public final class ReadLevelOptions {
  /** For the end of a command's help. */
  public static final String LEVELS =
      "Levels:%n"
          + "  strong   linearizable; a quorum confirms it; fails without one (the default)%n"
          + "  session  never older than what this sidecar acknowledged%n"
          + "  bounded  at most --max-staleness behind, else an error%n"
          + "  local    whatever is applied at this sidecar; needs nobody else";

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      defaultValue = "strong",
      converter = Level.class,
      completionCandidates = Level.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  ReadLevel level = ReadLevel.READ_LEVEL_STRONG;

  @Option(
      names = "--max-staleness",
      paramLabel = "TIME",
      converter = DurationOption.class,
      description = "With --level bounded: how far behind is too far.")
  @Nullable Duration maxStaleness;

  @Option(
      names = "--at-least",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "Wait until this index is applied at the sidecar.")
  long atLeast;

  /** What is wrong with them; null if nothing is. */
  @Nullable
  public String fault() {
    if ((level == ReadLevel.READ_LEVEL_BOUNDED) != (maxStaleness != null)) {
      return "--level bounded and --max-staleness go together";
    }
    return atLeast < 0 ? "an index is not negative" : null;
  }

  public ReadOptions options() {
    ReadOptions.Builder options = ReadOptions.newBuilder().setLevel(level).setAtLeastIndex(atLeast);
    if (maxStaleness != null) {
      options.setMaxStaleness(Durations.fromMillis(maxStaleness.toMillis()));
    }
    return options.build();
  }

  /** What kind of read gave an answer, for people. */
  public static String told(ResponseInfo info) {
    return ValueText.format(
        "%s read at %s, applied through index %d, %s",
        EnumNames.word("READ_LEVEL_", info.getEffectiveLevel()),
        ValueText.node(info.getNodeId()),
        info.getAppliedIndex(),
        info.hasStaleness()
            ? "staleness " + ValueText.span(info.getStaleness())
            : "no leader heard");
  }

  /** For picocli. */
  public static final class Level extends EnumNames<ReadLevel> {
    /** For picocli. */
    public Level() {
      super(ReadLevel.class, "READ_LEVEL_");
    }
  }
}

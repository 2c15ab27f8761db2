package io.synod.cli.shared;

import com.google.protobuf.util.Durations;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ResponseInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the read level, shared by the commands that read. */
public final class ReadLevelOptions {
  /** The description of the levels, for the footer of a command's help. */
  public static final String LEVELS =
      "Levels:%n"
          + "  strong   linearizable; a quorum confirms it; fails without one (the default)%n"
          + "  session  never older than what this sidecar acknowledged%n"
          + "  bounded  at most --max-staleness behind, otherwise an error%n"
          + "  local    the state applied at this sidecar; needs no other node";

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
      description = "With --level bounded: how far behind the answer may be.")
  @Nullable Duration maxStaleness;

  @Option(
      names = "--at-least",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "Wait until this index is applied at this sidecar.")
  long atLeast;

  /** What is wrong with the options; null if nothing is. */
  @Nullable
  public String fault() {
    if ((level == ReadLevel.READ_LEVEL_BOUNDED) != (maxStaleness != null)) {
      return "--level bounded and --max-staleness go together";
    }
    return atLeast < 0 ? "--at-least must not be negative" : null;
  }

  public ReadOptions options() {
    ReadOptions.Builder options = ReadOptions.newBuilder().setLevel(level).setAtLeastIndex(atLeast);
    if (maxStaleness != null) {
      options.setMaxStaleness(Durations.fromMillis(maxStaleness.toMillis()));
    }
    return options.build();
  }

  /** The level, index and staleness of an answer, for display. */
  public static String text(ResponseInfo info) {
    return ValueText.format(
        "%s read at %s, applied through index %d, %s",
        EnumNames.name("READ_LEVEL_", info.getEffectiveLevel()),
        ValueText.node(info.getNodeId()),
        info.getAppliedIndex(),
        info.hasStaleness()
            ? "staleness " + ValueText.span(info.getStaleness())
            : "no contact with a leader");
  }

  /** Called by picocli. */
  public static final class Level extends EnumNames<ReadLevel> {
    /** Called by picocli. */
    public Level() {
      super(ReadLevel.class, "READ_LEVEL_");
    }
  }
}

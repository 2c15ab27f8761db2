package io.synod.api;

import com.google.protobuf.Descriptors.Descriptor;
import io.grpc.Status.Code;
import io.synod.v1.QuorumInfo;
import io.synod.v1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The contract of an error, parsed from the comment of its reason in common.proto.
 *
 * @param codes the codes of its status
 * @param details the names of the messages beside the ErrorInfo
 * @param metadata the keys of the ErrorInfo's metadata
 */
public record ErrorContract(Set<String> codes, Set<String> details, Set<String> metadata) {
  private static final Path TABLE = Path.of("../proto/synod/v1/common.proto");
  private static final Pattern ENTRY = Pattern.compile("((?: +//.*\\n)+) +([A-Z_]+) = \\d+;");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]+");
  private static final Pattern CODE = Pattern.compile("([A-Z_]+):");
  private static final Pattern KEY = Pattern.compile("\"([a-z_]+)\"");

  /** All reasons that have a comment, except the one that is never sent. */
  public static Map<Reason, ErrorContract> all() throws IOException {
    Set<String> details =
        QuorumInfo.getDescriptor().getFile().getMessageTypes().stream()
            .map(Descriptor::getName)
            .collect(Collectors.toSet());
    details.add("RetryInfo");
    Set<String> codes = Arrays.stream(Code.values()).map(Code::name).collect(Collectors.toSet());
    String text = Files.readString(TABLE);
    String table = text.substring(text.indexOf("enum Reason {"));
    Map<Reason, ErrorContract> all = new EnumMap<>(Reason.class);
    Matcher entries = ENTRY.matcher(table.substring(0, table.indexOf("\n}")));
    while (entries.find()) {
      if (entries.group(2).equals(Reason.REASON_UNSPECIFIED.name())) {
        continue;
      }
      String comment = entries.group(1).replaceAll("\\n? +//", "");
      all.put(
          Reason.valueOf(entries.group(2)),
          new ErrorContract(
              found(CODE, comment, codes::contains),
              found(WORD, comment, details::contains),
              found(KEY, comment, key -> true)));
    }
    return all;
  }

  private static Set<String> found(Pattern pattern, String comment, Predicate<String> known) {
    return pattern
        .matcher(comment)
        .results()
        .map((MatchResult match) -> match.group(match.groupCount()))
        .filter(known)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

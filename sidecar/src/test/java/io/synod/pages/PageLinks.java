package io.synod.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The relative links between pages, resolved as GitHub does. */
final class PageLinks {
  private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

  private PageLinks() {}

  /** The links of a page that lead nowhere, each with the reason. */
  static List<String> broken(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    Matcher links = LINK.matcher(withoutCode(Files.readString(page)));
    while (links.find()) {
      String link = links.group(1);
      if (link.matches("[a-z]+:.*")) {
        continue;
      }
      int hash = link.indexOf('#');
      String file = hash < 0 ? link : link.substring(0, hash);
      Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
      if (!Files.exists(target)) {
        broken.add(page + ": no file " + link);
      } else if (hash >= 0 && !anchors(target).contains(link.substring(hash + 1))) {
        broken.add(page + ": no anchor " + link);
      }
    }
    return broken;
  }

  /** How many relative links a page has. */
  static int count(Path page) throws IOException {
    return (int) LINK.matcher(withoutCode(Files.readString(page))).results().count();
  }

  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher headings = HEADING.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""));
    while (headings.find()) {
      String anchor =
          headings
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int times = seen.merge(anchor, 1, Integer::sum);
      anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
    }
    return anchors;
  }

  // The text of a link may be code, its target is not.
  private static String withoutCode(String text) {
    return CODE.matcher(FENCE.matcher(text).replaceAll("")).replaceAll("code");
  }
}

package io.synod.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that was probably meant by a misspelled one. */
final class Suggestion {
  private Suggestion() {}

  /** The word with the fewest edits, or null if all are too far away. */
  static @Nullable String of(String wrong, Collection<String> words) {
    String best = null;
    int least = Math.max(2, wrong.length() / 3) + 1;
    for (String word : words) {
      int edits = edits(plain(wrong), plain(word));
      if (edits < least) {
        least = edits;
        best = word;
      }
    }
    return best;
  }

  /** Differences of case and separators are the most frequent errors; they cost nothing. */
  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
  }

  /** The Damerau-Levenshtein distance: one edit inserts, deletes, replaces or swaps neighbours. */
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}

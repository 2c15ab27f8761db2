package io.synod.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One figure over several rounds. Rounds in which it is not a number do not count. */
record Spread(double median, double least, double most) {

  static <T> Spread of(List<T> rounds, ToDoubleFunction<T> figure) {
    return of(rounds.stream().mapToDouble(figure).toArray());
  }

  static Spread of(double... figures) {
    double[] sorted = Arrays.stream(figures).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    int upper = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** From the least to the most, each by this form. */
  String range(String form) {
    return text(form, least) + ".." + text(form, most);
  }

  String median(String form) {
    return text(form, median);
  }

  /** A figure, or a dash if there is none. */
  static String text(String form, double figure) {
    return Double.isFinite(figure) ? String.format(Locale.ROOT, form, figure) : "-";
  }
}

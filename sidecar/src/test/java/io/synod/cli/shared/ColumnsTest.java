package io.synod.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the format of tables. */
class ColumnsTest {
  private static final Columns COLUMNS =
      Columns.none().right("INDEX", 6).right("SLOT", 5).left("FROM", 6).left("COMMAND", 0);

  @Test
  void linesUpEachColumn() {
    assertThat(List.of(COLUMNS.header(), COLUMNS.row(7, 12L, "node 1", "deposit 5")))
        .containsExactly(" INDEX  SLOT  FROM    COMMAND", "     7    12  node 1  deposit 5");
  }

  @Test
  void cutsNothingThatIsTooWide() {
    assertThat(COLUMNS.row(12345678, 123456, "node 10000", "c"))
        .isEqualTo("12345678 123456  node 10000  c");
  }

  @Test
  void printsNoBlanksAtTheEnd() {
    assertThat(COLUMNS.row(7, 12L, "", "")).isEqualTo("     7    12");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"@|red x|@", "@|", "|@", "@|@|", "@|bold @|red x|@ y|@", "a@|b", "$x %s", "x\\"})
  void showsWhatOthersWroteAsItIs(String text) {
    assertThat(COLUMNS.row(1, 1, "node 1", text)).isEqualTo("     1     1  node 1  " + text);
    assertThat(COLUMNS.row(1, 1, text, "c")).contains("  " + text + " ").endsWith(" c");
  }

  @Test
  void isAsWideAsItsWidestCells() {
    assertThat(
            Columns.fitting(
                List.of(
                    List.of("KEY", "VALUE", "FROM"),
                    List.of("api.port", "", "missing"),
                    List.of("n", "a longer value", "file"))))
        .containsExactly(
            "KEY       VALUE           FROM",
            "api.port                  missing",
            "n         a longer value  file");
  }

  @Test
  void wantsACellForEachColumn() {
    assertThatIllegalArgumentException().isThrownBy(() -> COLUMNS.row(1, 2));
  }
}

package io.synod.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that every relative link of a page leads to a file that exists, and to a heading in it. */
class PageLinksTest {
  @TempDir private Path folder;

  @Test
  void everyLinkOfEveryPageResolves() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (DocPage page : DocPage.all()) {
      Path file = ChildProgram.root().resolve(page.path());
      broken.addAll(PageLinks.broken(file));
      links += PageLinks.count(file);
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(50);
  }

  @Test
  void everyPageCanBeReachedFromTheReadme() {
    String readme = DocPage.README.text();
    for (DocPage page :
        List.of(DocPage.CONTRACT, DocPage.CALLING, DocPage.RUNNING, DocPage.PROOF)) {
      assertThat(readme).contains("](" + page.path() + ")");
    }
    for (String page : List.of("ARCHITECTURE", "CONTRIBUTING", "BENCHMARKS")) {
      assertThat(readme).contains("](sidecar/" + page + ".md)");
    }
  }

  @Test
  void findsALinkThatLeadsNowhere() throws IOException {
    Files.writeString(folder.resolve("other.md"), "# One, two\n\n## The same\n\n## The same\n");
    Path page =
        Files.writeString(
            folder.resolve("page.md"),
            """
            # Here

            [`a`](other.md) [b](other.md#one-two) [c](other.md#the-same-1) [d](#here)
            [e](https://example.com/nowhere) `[f](code.md)`

            ```sh
            # [g](fence.md)
            ```

            [h](missing.md) [i](other.md#three) [j](#there)
            """);
    assertThat(PageLinks.broken(page))
        .containsExactly(
            page + ": no file missing.md",
            page + ": no anchor other.md#three",
            page + ": no anchor #there");
  }
}

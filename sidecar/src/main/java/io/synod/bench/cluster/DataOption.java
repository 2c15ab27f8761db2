package io.synod.bench.cluster;

import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the clusters that a measurement starts keep their data. */
public final class DataOption {
  private static final long END_SECONDS = 40;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where they keep their data, on the disk to measure. Default: a temporary one.")
  @Nullable Path parent;

  /** What is done in a directory. */
  public interface DirectoryTask {
    /** Returns the exit status. */
    int in(Path dir) throws IOException, InterruptedException;
  }

  /**
   * Passes a new directory to the task, and deletes it with its contents afterwards. A signal to
   * the program interrupts the task, and the program ends only when the directory is deleted.
   */
  public int lend(DirectoryTask task) throws IOException, InterruptedException {
    Path dir = Directories.fresh(parent);
    CountDownLatch gone = new CountDownLatch(1);
    Thread user = Thread.currentThread();
    AtomicBoolean ending = new AtomicBoolean();
    Thread hook =
        new Thread(
            () -> {
              ending.set(true);
              end(user, gone);
            },
            "synod-bench-end");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return task.in(dir);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (ending.get()) {
        return ExitStatus.ERROR;
      }
      throw e;
    } finally {
      try {
        Directories.delete(dir);
      } finally {
        gone.countDown();
        remove(hook);
      }
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is ending, and the hook finds its latch open.
    }
  }

  private static void end(Thread user, CountDownLatch gone) {
    user.interrupt();
    try {
      gone.await(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

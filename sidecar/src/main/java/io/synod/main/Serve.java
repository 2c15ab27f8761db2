package io.synod.main;

import io.synod.cli.shared.ExitStatus;
import io.synod.config.Config;
import io.synod.config.ConfigException;
import io.synod.config.ConfigReader;
import io.synod.runtime.port.JournalException;
import io.synod.state.encoding.LevelException;
import io.synod.storage.disk.DirectoryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code synod serve} command. */
@Command(
    name = "serve",
    description = {
      "Run one sidecar until SIGTERM or SIGINT. It hands over leadership before it stops.",
      "",
      "Options override SYNOD_* variables, which override the file, which overrides the defaults."
          + " Once it serves, it prints one line with its addresses and data directory.",
      ""
    },
    footer = {
      "",
      "For example:",
      "  synod serve --node 1 --peers 1=a:7402,2=b:7402,3=c:7402 --data /var/lib/synod"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Serve implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

  @Spec CommandSpec spec;

  @Option(
      names = "--exit-with-stdin",
      description =
          "Stop, as by SIGTERM, when standard input ends, such as when the parent process ends.")
  boolean exitWithStdin;

  // After SIGTERM the JVM would exit with 143, as if it had been killed, so it is halted.
  private final ProcessEnd end = new ProcessEnd(Logging::stop, Runtime.getRuntime()::halt);

  /** Called by picocli. */
  public Serve() {}

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Config config;
    try {
      config =
          ConfigReader.read(
              ConfigOptions.layers(spec.commandLine().getParseResult(), System.getenv()));
    } catch (ConfigException e) {
      e.problems().forEach(problem -> err.println("synod: " + problem));
      err.flush();
      return ExitStatus.USAGE;
    }
    Logging.configure(config.logFormat(), config.logLevel());
    HashLibrary.stayInJava();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> end.atOnce(thrown));
    Sidecar sidecar;
    try {
      sidecar = new Sidecar(config, end::atOnce);
    } catch (DirectoryException | JournalException e) {
      return refuse(e.getMessage(), ExitStatus.STORAGE_FAILURE);
    } catch (IOException | LevelException e) {
      return refuse(e.getMessage(), ExitStatus.ERROR);
    }
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end.inOrder(() -> stop(sidecar)), "synod-stop"));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "synod node "
            + config.node()
            + " of cluster "
            + config.cluster()
            + " serves "
            + sidecar.places());
    out.flush();
    LOG.info(
        "node {} of cluster {} serves {}, version {}",
        config.node(),
        config.cluster(),
        sidecar.places(),
        Build.current().version());
    if (exitWithStdin) {
      exitWithStdin();
    }
    waitForEver();
    return ExitStatus.OK;
  }

  private int refuse(@org.jspecify.annotations.Nullable String line, int status) {
    Logging.stop();
    PrintWriter err = spec.commandLine().getErr();
    err.println("synod: " + line);
    err.flush();
    return status;
  }

  /** Stops in order: leadership first, then the calls, then everything else. */
  private static void stop(Sidecar sidecar) {
    sidecar.drain();
    sidecar.close();
  }

  private static void exitWithStdin() {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Only the end of the input matters.
                }
              } catch (IOException e) {
                LOG.info("cannot read standard input: {}", e.getMessage());
              }
              System.exit(ExitStatus.OK);
            },
            "synod-stdin");
    reader.setDaemon(true);
    reader.start();
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

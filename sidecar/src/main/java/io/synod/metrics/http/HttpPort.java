package io.synod.metrics.http;

import io.prometheus.client.exporter.common.TextFormat;
import io.synod.metrics.HealthChecks;
import io.synod.metrics.Metrics;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP port for monitoring: {@code /metrics}, {@code /livez}, {@code /readyz}, {@code /status}
 * and {@code /leader/NAME}. It is read-only. Health checks are answered on the listener's thread,
 * so that they wait for no other request; the others run on a small thread pool.
 */
public final class HttpPort implements AutoCloseable {
  private static final int THREADS = 4;
  private static final String LEADER = "/leader/";
  private static final String JSON = "application/json; charset=utf-8";

  private final Metrics metrics;
  private final StatusPage status;
  private final LeaderPage leader = new LeaderPage();
  private final HttpListener listener;
  private final ExecutorService threads;
  private final Map<String, Route> routes;
  private final Set<String> probes = Set.of("/livez", "/readyz");

  private HttpPort(InetSocketAddress address, HttpLimits limits, Metrics metrics)
      throws IOException {
    this.metrics = metrics;
    HealthChecks health = metrics.health();
    status = new StatusPage(metrics.identity(), health);
    routes =
        Map.of(
            "/metrics", this::metrics,
            "/livez", request -> checks(health.liveChecks()),
            "/readyz", request -> checks(health.readyChecks()),
            "/status",
                request ->
                    HttpAnswer.of(200, JSON, status.render(metrics.status(), metrics.alarms())));
    AtomicInteger count = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "synod-http-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    listener =
        new HttpListener(
            address,
            limits,
            new HttpListener.Service(
                request -> probes.contains(request.path()), this::answer, threads));
  }

  /** Serves these metrics at the address; port 0 stands for any free port. */
  public static HttpPort open(InetSocketAddress address, HttpLimits limits, Metrics metrics)
      throws IOException {
    HttpPort port = new HttpPort(address, limits, metrics);
    port.listener.start();
    return port;
  }

  /** Answers {@code /leader/NAME} from now on; before, the answer is that this node cannot know. */
  public void answerLeaders(LeaderLookup leaderLookup) {
    leader.setLookup(leaderLookup);
  }

  /** The address it listens on. */
  public InetSocketAddress address() {
    try {
      return listener.address();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many connections were closed or refused because there were too many. */
  public long connectionsEvicted() {
    return listener.evicted();
  }

  @Override
  public void close() {
    listener.close();
    threads.shutdown();
  }

  private HttpAnswer answer(HttpRequest request) {
    Route route = route(request.path());
    if (route == null) {
      return HttpAnswer.text(
          404, "not found; the paths are /metrics, /livez, /readyz, /status and /leader/NAME");
    }
    if (!request.method().equals("GET") && !request.isHead()) {
      return new HttpAnswer(405, HttpAnswer.TEXT, "only GET and HEAD are allowed\n", "GET, HEAD");
    }
    return route.answer(request);
  }

  private @Nullable Route route(String path) {
    return path.startsWith(LEADER)
        ? request -> leader(path.substring(LEADER.length()))
        : routes.get(path);
  }

  private HttpAnswer leader(String name) {
    LeaderPage.LeaderReply reply = leader.render(name);
    return HttpAnswer.of(reply.code(), JSON, reply.json());
  }

  private HttpAnswer metrics(HttpRequest request) {
    String type = TextFormat.chooseContentType(request.headers().get("accept"));
    StringWriter page = new StringWriter();
    try {
      // Without the creation times of counters, which would double the number of series.
      TextFormat.writeFormat(
          type,
          page,
          metrics.registry().filteredMetricFamilySamples(name -> !name.endsWith("_created")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpAnswer.of(200, type, page.toString());
  }

  private static HttpAnswer checks(List<HealthChecks.Check> checks) {
    StringBuilder lines = new StringBuilder();
    boolean ok = true;
    for (HealthChecks.Check check : checks) {
      lines.append(check.ok() ? "[+] " : "[-] ").append(check.name()).append('\n');
      ok &= check.ok();
    }
    return HttpAnswer.text(ok ? 200 : 503, lines.append(ok ? "ok" : "not ok").toString());
  }

  private interface Route {
    HttpAnswer answer(HttpRequest request);
  }
}

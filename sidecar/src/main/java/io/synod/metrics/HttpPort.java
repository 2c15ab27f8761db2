package io.synod.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port for those who watch: {@code /metrics}, {@code /livez}, {@code /readyz}, {@code /status}
 * and {@code /leader/NAME}. Read only; a few threads of its own, and a bound on how long a slow
 * caller holds one.
 */
public final class HttpPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpPort.class);
  private static final int THREADS = 4;
  private static final int BACKLOG = 64;
  private static final String LEADER = "/leader/";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";

  static {
    // The JDK's server reads these once, and without them waits for a slow caller for ever.
    bound("sun.net.httpserver.maxReqTime", "10");
    bound("sun.net.httpserver.maxRspTime", "30");
    bound("sun.net.httpserver.nodelay", "true");
  }

  private final Metrics metrics;
  private final StatusPage status;
  private final LeaderPage leader = new LeaderPage();
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, Route> routes;

  private HttpPort(Metrics metrics, HttpServer server) {
    this.metrics = metrics;
    this.server = server;
    HealthChecks health = metrics.health();
    status = new StatusPage(metrics.identity(), health);
    routes =
        Map.of(
            "/metrics", this::metrics,
            "/livez", exchange -> checks(health.liveChecks()),
            "/readyz", exchange -> checks(health.readyChecks()),
            "/status", exchange -> new Reply(200, JSON, status.render(metrics.status())));
    AtomicInteger count = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "synod-http-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::answer);
  }

  /** Serves these numbers there; port 0 takes any free one. */
  public static HttpPort open(InetSocketAddress address, Metrics metrics) throws IOException {
    HttpPort port = new HttpPort(metrics, HttpServer.create(address, BACKLOG));
    port.server.start();
    return port;
  }

  /** Answers who leads, from now on; before, it says that it cannot know. */
  public void answerLeaders(Leaders leaders) {
    leader.ask(leaders);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  private static void bound(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      Reply reply;
      try {
        reply = reply(exchange);
      } catch (RuntimeException e) {
        LOG.error("cannot answer {}: {}", exchange.getRequestURI().getPath(), e.getMessage());
        LOG.debug("where it failed", e);
        reply = new Reply(500, TEXT, "internal error\n");
      }
      send(exchange, reply);
    } catch (IOException e) {
      LOG.debug("a caller of the HTTP port went away: {}", e.getMessage());
    }
  }

  private Reply reply(HttpExchange exchange) {
    Route route = route(exchange.getRequestURI().getPath());
    if (route == null) {
      return new Reply(
          404, TEXT, "not found; there are /metrics, /livez, /readyz, /status and /leader/NAME\n");
    }
    if (!exchange.getRequestMethod().equals("GET") && !isHead(exchange)) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return new Reply(405, TEXT, "only GET and HEAD are allowed\n");
    }
    return route.reply(exchange);
  }

  private @Nullable Route route(String path) {
    return path.startsWith(LEADER)
        ? exchange -> leader(path.substring(LEADER.length()))
        : routes.get(path);
  }

  private Reply leader(String name) {
    LeaderPage.Page page = leader.render(name);
    return new Reply(page.code(), JSON, page.json());
  }

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (isHead(exchange)) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(reply.code(), -1);
      return;
    }
    if (accepts(exchange, "Accept-Encoding", "gzip")) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      exchange.sendResponseHeaders(reply.code(), 0);
      try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
        out.write(body);
      }
      return;
    }
    exchange.sendResponseHeaders(reply.code(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static boolean accepts(HttpExchange exchange, String header, String token) {
    return exchange.getRequestHeaders().getOrDefault(header, List.of()).stream()
        .flatMap(value -> List.of(value.split(",")).stream())
        .anyMatch(value -> value.strip().equals(token));
  }

  private Reply metrics(HttpExchange exchange) {
    String type = TextFormat.chooseContentType(exchange.getRequestHeaders().getFirst("Accept"));
    StringWriter page = new StringWriter();
    try {
      // The moment a counter was made tells nobody anything here, and doubles the series.
      TextFormat.writeFormat(
          type,
          page,
          metrics.registry().filteredMetricFamilySamples(name -> !name.endsWith("_created")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Reply(200, type, page.toString());
  }

  private static Reply checks(List<HealthChecks.Check> checks) {
    StringBuilder lines = new StringBuilder();
    boolean ok = true;
    for (HealthChecks.Check check : checks) {
      lines.append(check.ok() ? "[+] " : "[-] ").append(check.name()).append('\n');
      ok &= check.ok();
    }
    return new Reply(ok ? 200 : 503, TEXT, lines.append(ok ? "ok\n" : "not ok\n").toString());
  }

  private interface Route {
    Reply reply(HttpExchange exchange);
  }

  private record Reply(int code, String contentType, String body) {}
}

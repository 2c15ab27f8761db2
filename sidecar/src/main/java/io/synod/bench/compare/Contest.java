package io.synod.bench.compare;

import io.synod.bench.cluster.MemoryWatch;
import io.synod.bench.load.BenchOperation;
import io.synod.bench.load.ClosedLoop;
import io.synod.bench.load.LoadGenerator;
import io.synod.bench.load.LoadOptions;
import io.synod.bench.load.Measurement;
import io.synod.bench.load.ProgressLine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Puts both clusters under one load at a time, one after the other. */
record Contest(
    LoadGenerator synod, LoadGenerator etcd, MemoryWatch memory, ProgressLine progressLine) {

  /** Pushes each cluster by the heaviest load, and writes the keys that are to be read. */
  void preheat(LoadOptions options, BenchOperation operation, Duration time)
      throws IOException, InterruptedException {
    int most = options.inFlight.stream().mapToInt(Integer::intValue).max().orElse(1);
    ClosedLoop heaviest = options.load(operation, most);
    ClosedLoop closedLoop =
        new ClosedLoop(
            heaviest.work(), most, heaviest.size(), Duration.ZERO, time, heaviest.timeout());
    preheat(synod, closedLoop);
    preheat(etcd, closedLoop);
  }

  private void preheat(LoadGenerator loadGenerator, ClosedLoop closedLoop)
      throws IOException, InterruptedException {
    if (closedLoop.work().operation().reads()) {
      Measurement filled = loadGenerator.fill(closedLoop, progressLine);
      if (filled.errorCount() > 0) {
        throw new IOException("cannot write the keys to read: " + filled.errorText());
      }
    }
    Measurement unused = loadGenerator.run(closedLoop, progressLine);
  }

  /** So many rounds; the cluster that comes first in one comes second in the next. */
  ComparedLoad compare(ClosedLoop closedLoop, int rounds) throws InterruptedException {
    List<ComparedLoad.Round> done = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      boolean oursFirst = i % 2 == 0;
      Measurement first = run(oursFirst ? synod : etcd, closedLoop);
      Measurement second = run(oursFirst ? etcd : synod, closedLoop);
      done.add(new ComparedLoad.Round(oursFirst ? first : second, oursFirst ? second : first));
    }
    return new ComparedLoad(closedLoop.work().operation(), closedLoop.inFlight(), done);
  }

  private Measurement run(LoadGenerator loadGenerator, ClosedLoop closedLoop)
      throws InterruptedException {
    Measurement measurement = loadGenerator.run(closedLoop, progressLine);
    memory.sample();
    return measurement;
  }
}

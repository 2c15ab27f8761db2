package io.synod.bench.compare;

import io.synod.bench.cluster.ProcessMemory;
import io.synod.bench.load.BenchOperation;
import java.util.List;
import java.util.Map;

/**
 * A whole comparison.
 *
 * @param loads in the order in which they were measured: all of an operation stand together
 * @param memory of each process, by its name
 */
record ComparisonReport(
    Setting setting, List<ComparedLoad> loads, Map<String, ProcessMemory> memory) {

  List<BenchOperation> operations() {
    return loads.stream().map(ComparedLoad::operation).distinct().toList();
  }

  List<Integer> inFlight() {
    return loads.stream().map(ComparedLoad::inFlight).distinct().toList();
  }

  List<ComparedLoad> of(BenchOperation operation) {
    return loads.stream().filter(load -> load.operation() == operation).toList();
  }
}

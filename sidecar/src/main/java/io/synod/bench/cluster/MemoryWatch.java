package io.synod.bench.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers the most memory that each of some processes had whenever this looked. */
public final class MemoryWatch {
  private final Map<String, Long> pids = new LinkedHashMap<>();
  private final Map<String, ProcessMemory> most = new LinkedHashMap<>();

  /** The members of these clusters, and this process, which is the generator. */
  public MemoryWatch(BenchCluster... clusters) {
    for (BenchCluster cluster : clusters) {
      for (int i = 0; i < cluster.processes().size(); i++) {
        pids.put(cluster.name(i), cluster.processes().get(i).pid());
      }
    }
    pids.put("generator", ProcessHandle.current().pid());
  }

  public void sample() {
    pids.forEach((name, pid) -> most.merge(name, ProcessMemory.read(pid), ProcessMemory::max));
  }

  /** By the name of each process, in order. */
  public Map<String, ProcessMemory> most() {
    return new LinkedHashMap<>(most);
  }
}

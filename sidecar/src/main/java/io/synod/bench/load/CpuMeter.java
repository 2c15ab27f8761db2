package io.synod.bench.load;

import java.time.Duration;
import java.util.List;

/**
 * Reads the processor time, user and system, of the measured servers and of this process. On Linux
 * the JDK takes it from {@code /proc/PID/stat}, which counts all threads, those that ended too.
 */
public final class CpuMeter {
  private final List<ProcessHandle> servers;

  private CpuMeter(List<ProcessHandle> servers) {
    this.servers = servers;
  }

  /** Of no server: those that this machine does not run, or that this process did not start. */
  public static CpuMeter ofNone() {
    return new CpuMeter(List.of());
  }

  public static CpuMeter of(List<Process> servers) {
    return new CpuMeter(servers.stream().map(Process::toHandle).toList());
  }

  /** What they have used since they began. */
  CpuTime read() {
    long used = servers.stream().mapToLong(CpuMeter::nanos).sum();
    return new CpuTime(used, nanos(ProcessHandle.current()));
  }

  private static long nanos(ProcessHandle process) {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}

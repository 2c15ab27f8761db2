package io.synod.bench.load;

import io.synod.cli.shared.EnumNames;

/** Reads {@code --target}. */
public final class TargetOption extends EnumNames<BenchTarget> {
  TargetOption() {
    super(BenchTarget.class, "");
  }
}

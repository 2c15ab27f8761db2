package io.synod.bench;

import io.synod.cli.shared.EnumNames;

/** Reads {@code --target}. */
final class TargetOption extends EnumNames<BenchTarget> {
  TargetOption() {
    super(BenchTarget.class, "");
  }
}

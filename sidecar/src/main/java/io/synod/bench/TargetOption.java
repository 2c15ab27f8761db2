package io.synod.bench;

import io.synod.cli.shared.Words;

/** Reads {@code --target}. */
final class TargetOption extends Words<Subject> {
  TargetOption() {
    super(Subject.class, "");
  }
}

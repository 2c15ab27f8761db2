package io.synod.main.bench;

import io.synod.main.client.Words;

/** Reads {@code --target}. */
final class TargetOption extends Words<Subject> {
  TargetOption() {
    super(Subject.class, "");
  }
}

package io.synod.storage.disk;

import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** A log handler that records messages. */
public final class RecordedLog extends Handler {
  private final List<String> messages;

  private RecordedLog(List<String> messages) {
    this.messages = messages;
  }

  /** Creates a handler that adds each message to {@code messages}. */
  public static Handler into(List<String> messages) {
    return new RecordedLog(messages);
  }

  @Override
  public void publish(LogRecord record) {
    messages.add(record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}

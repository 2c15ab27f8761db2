package io.synod.metrics.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.annotations.SerializedName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The page {@code /leader/NAME}: the holder of a lock, as JSON. The record components below name
 * the fields, so their names must not change. A field that is not known is absent.
 */
final class LeaderPage {
  private static final int NAME_BYTES_MAX = 255;
  private static final long PATIENCE_SECONDS = 2;
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private volatile @Nullable LeaderLookup leaderLookup;

  /** Sets the source of the answers. */
  void setLookup(LeaderLookup known) {
    leaderLookup = known;
  }

  /** A status code and the page. */
  record LeaderReply(int code, String json) {}

  LeaderReply render(String name) {
    if (!isName(name)) {
      return new LeaderReply(
          400, line(new Nobody("a name has 1 to 255 bytes and no control characters")));
    }
    LeaderLookup.LeaderAnswer answer = answer(name);
    if (answer instanceof LeaderLookup.Holder holder) {
      String text = text(holder.value().array());
      return new LeaderReply(
          200,
          line(
              new Seat(
                  name,
                  Integer.toString(holder.node()),
                  holder.token(),
                  text,
                  text == null ? Base64.getEncoder().encodeToString(holder.value().array()) : null,
                  Instant.ofEpochMilli(holder.sinceMillis()).toString(),
                  holder.validNanos() > 0
                      ? TimeUnit.NANOSECONDS.toMillis(holder.validNanos())
                      : null)));
    }
    if (answer instanceof LeaderLookup.Unknown unknown) {
      String why = unknown.why() == null ? "this node cannot know" : unknown.why();
      return new LeaderReply(503, line(new Nobody(why)));
    }
    return new LeaderReply(404, line(new Nobody("the lock is free")));
  }

  private LeaderLookup.LeaderAnswer answer(String name) {
    LeaderLookup known = leaderLookup;
    if (known == null) {
      return new LeaderLookup.Unknown("this node is still replaying its log");
    }
    try {
      return known.of(name).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return new LeaderLookup.Unknown(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new LeaderLookup.Unknown(null);
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
        && name.chars().noneMatch(Character::isISOControl);
  }

  private static @Nullable String text(byte[] value) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException binary) {
      return null;
    }
  }

  private static String line(Object page) {
    return GSON.toJson(page) + "\n";
  }

  private record Seat(
      String name,
      String node,
      long token,
      @Nullable String value,
      @Nullable @SerializedName("value_base64") String valueBase64,
      String since,
      @Nullable @SerializedName("valid_for_ms") Long validForMillis) {}

  private record Nobody(String error) {}
}

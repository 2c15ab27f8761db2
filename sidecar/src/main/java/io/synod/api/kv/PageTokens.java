package io.synod.api.kv;

import io.synod.api.call.StatusErrors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Encodes page tokens: the index whose state all pages of a list show, and the last key of a page.
 * A token is valid at any sidecar of the cluster, for the same prefix only. Its digest detects
 * mistakes and protects no secret, since its holder may read what it names.
 */
final class PageTokens {
  private static final int DIGEST_BYTES = 12;
  private static final int TOKEN_CHARS_MAX = 2_048;
  private static final String FIELD = "page_token";

  private final String cluster;

  PageTokens(String cluster) {
    this.cluster = cluster;
  }

  /** A place in a list. */
  record ListPosition(long index, String after) {}

  String write(String prefix, ListPosition position) {
    byte[] after = position.after().getBytes(StandardCharsets.UTF_8);
    byte[] body =
        ByteBuffer.allocate(Long.BYTES + after.length).putLong(position.index()).put(after).array();
    byte[] whole =
        ByteBuffer.allocate(DIGEST_BYTES + body.length).put(digest(prefix, body)).put(body).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  ListPosition read(String prefix, String token) {
    byte[] whole = decoded(token);
    if (whole.length <= DIGEST_BYTES + Long.BYTES) {
      throw foreign();
    }
    byte[] body = Arrays.copyOfRange(whole, DIGEST_BYTES, whole.length);
    if (!Arrays.equals(digest(prefix, body), Arrays.copyOf(whole, DIGEST_BYTES))) {
      throw foreign();
    }
    long index = ByteBuffer.wrap(body).getLong();
    String after = new String(body, Long.BYTES, body.length - Long.BYTES, StandardCharsets.UTF_8);
    return new ListPosition(index, after);
  }

  private static byte[] decoded(String token) {
    if (token.length() > TOKEN_CHARS_MAX) {
      throw foreign();
    }
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException garbled) {
      throw foreign();
    }
  }

  private static RuntimeException foreign() {
    return StatusErrors.invalid(FIELD, "is not a page token of this list");
  }

  private byte[] digest(String prefix, byte[] body) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : new String[] {"synod list 1", cluster, prefix}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha.update(bytes);
      }
      return Arrays.copyOf(sha.digest(body), DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}

package io.synod.cli.kv;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Compare;
import io.synod.v1.Op;
import io.synod.v1.TxnRequest;
import java.io.IOException;
import java.io.StringReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a transaction in protobuf's JSON. Protobuf's own parser reports lines for malformed JSON
 * only; this one reads element by element, so that it can report the line of a wrong field too.
 */
final class TxnJson {
  private static final Pattern LINE = Pattern.compile("at line (\\d+)");

  private final JsonReader reader;
  private final TxnRequest.Builder txn = TxnRequest.newBuilder();

  private TxnJson(String text) {
    reader = new JsonReader(new StringReader(text));
  }

  static TxnRequest.Builder parse(String text) throws TxnSyntaxException {
    TxnJson json = new TxnJson(text);
    try {
      json.read();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new TxnSyntaxException(json.line(), "this is not JSON");
    }
    return json.txn;
  }

  private void read() throws IOException, TxnSyntaxException {
    reader.beginObject();
    while (reader.hasNext()) {
      int line = line();
      String name = reader.nextName();
      switch (name) {
        case "compares" -> {
          reader.beginArray();
          while (reader.hasNext()) {
            txn.addCompares(merge(Compare.newBuilder()).build());
          }
          reader.endArray();
        }
        case "success", "failure" -> {
          reader.beginArray();
          while (reader.hasNext()) {
            Op op = merge(Op.newBuilder()).build();
            if (name.equals("success")) {
              txn.addSuccess(op);
            } else {
              txn.addFailure(op);
            }
          }
          reader.endArray();
        }
        default -> {
          JsonElement value = JsonParser.parseReader(reader);
          JsonObject single = new JsonObject();
          single.add(name, value);
          merge(txn, single, line);
        }
      }
    }
    reader.endObject();
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new TxnSyntaxException(line(), "unexpected text after the transaction");
    }
  }

  private <B extends Message.Builder> B merge(B builder) throws IOException, TxnSyntaxException {
    // Moves the reader to the element, so that its line is reported.
    JsonToken unused = reader.peek();
    int line = line();
    merge(builder, JsonParser.parseReader(reader), line);
    return builder;
  }

  private static void merge(Message.Builder builder, JsonElement element, int line)
      throws TxnSyntaxException {
    try {
      JsonFormat.parser().merge(element.toString(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new TxnSyntaxException(line, ValueText.line(String.valueOf(e.getMessage())));
    }
  }

  private int line() {
    Matcher matcher = LINE.matcher(reader.toString());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 1;
  }
}

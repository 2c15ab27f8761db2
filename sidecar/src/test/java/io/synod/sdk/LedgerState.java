package io.synod.sdk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;
import java.util.TreeMap;

/** The state that a copy of the ledger reports. */
record LedgerState(long index, long last, String digest, JsonObject json) {
  static LedgerState parse(String text) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    return new LedgerState(
        json.get("index").getAsLong(),
        json.get("last").getAsLong(),
        json.get("digest").getAsString(),
        json);
  }

  /** The balance and the limit of each account. */
  Map<String, Account> accounts() {
    Map<String, Account> accounts = new TreeMap<>();
    json.getAsJsonObject("accounts")
        .asMap()
        .forEach((name, pair) -> accounts.put(name, Account.of(pair.getAsJsonArray())));
    return accounts;
  }

  /** How many commands ended with this outcome. */
  long outcomes(String outcome) {
    JsonElement count = json.getAsJsonObject("outcomes").get(outcome);
    return count == null ? 0 : count.getAsLong();
  }

  /** The number up to which all commands of this teller are applied. */
  long appliedThrough(String teller) {
    JsonElement seen = json.getAsJsonObject("tellers").get(teller);
    return seen == null ? 0 : seen.getAsJsonArray().get(0).getAsLong();
  }

  /** The teller of this copy. */
  String teller() {
    return json.getAsJsonObject("teller").get("name").getAsString();
  }

  /** How many commands this copy proposed and got answered. */
  long proposed() {
    return json.getAsJsonObject("teller").get("proposed").getAsLong();
  }

  /** How many commands of this copy are not answered or not proposed yet. */
  long pending() {
    return json.getAsJsonObject("teller").get("pending").getAsLong();
  }

  /** An account in double entry. */
  record Account(long balance, long limit) {
    static Account of(JsonArray pair) {
      return new Account(pair.get(0).getAsLong(), pair.get(1).getAsLong());
    }
  }
}

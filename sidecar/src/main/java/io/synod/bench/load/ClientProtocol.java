package io.synod.bench.load;

import java.io.IOException;

/** How to ask a kind of server for what is measured. */
interface ClientProtocol {
  /** The full name of the method that an operation calls. */
  String method(BenchOperation operation);

  /** An encoded request; {@code number} counts the requests. */
  byte[] request(LoopWork work, long number, byte[] value);

  /** The full name of the method that follows keys. */
  String watchMethod();

  /** Whether the caller of that method may send more later. */
  boolean watchTakesMore();

  /** An encoded request to follow all keys of the benchmark from now on. */
  byte[] watchRequest();

  /** The numbers of the fields that lead to the values in an answer of a watch. */
  int[] watchedValue();

  /** The full name of the method that asks a member for its status; its request is empty. */
  String statusMethod();

  /** Reads the answer of that method. */
  MemberStatus status(byte[] answer) throws IOException;
}

'use strict';
// The stubs, generated from proto/ at run time, and options of a channel, for all programs.

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

/** The services of one file of proto/synod/v1. */
function stubs(file) {
  const definition = protoLoader.loadSync(`synod/v1/${file}`, {
    includeDirs: [path.join(__dirname, '..', '..', '..', 'proto')],
    defaults: true,
    longs: String,
    enums: String,
    oneofs: true,
  });
  return grpc.loadPackageDefinition(definition).synod.v1;
}

const CHANNEL_OPTIONS = {
  // The sidecar is on this host, but gRPC would use the proxy of http_proxy.
  'grpc.enable_http_proxy': 0,
  // Reconnects to a restarted sidecar within a second, not after minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.max_receive_message_length': 16 << 20,
};

module.exports = { stubs, CHANNEL_OPTIONS };

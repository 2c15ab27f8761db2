'use strict';
// What all programs need: the stubs, generated from proto/ now, and a channel's options.

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
  // The sidecar is on this host; where http_proxy is set, gRPC would look for it behind the proxy.
  'grpc.enable_http_proxy': 0,
  // A sidecar that was restarted is found again within a second, not after minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.max_receive_message_length': 16 << 20,
};

module.exports = { stubs, CHANNEL_OPTIONS };

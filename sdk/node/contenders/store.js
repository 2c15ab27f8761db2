'use strict';
// A store that checks fencing tokens: it refuses every token below the highest it has seen.
//
//   $(sdk/node/setup.sh) sdk/node/contenders/store.js --socket /tmp/store.sock --file /tmp/store.jsonl
//
// It does not call Synod, does not know who holds the lock, and needs no clock. It refuses the
// write of a holder that was suspended and continues late, because the next holder has a greater
// token, and has written before.
//
// Each request over the socket is one line of JSON, {"token": "17", "by": NAME, "data": ...}, and
// is answered by one line, {"accepted": true, "highest": "17"}. A request without a token only
// reads the highest token. Every write, accepted or refused, is a line of the file, in the order of
// the decisions.

const fs = require('node:fs');
const net = require('node:net');
const readline = require('node:readline');
const { parseArgs } = require('node:util');

/** The store: its file, and the highest accepted token. */
class Store {
  constructor(file) {
    this.highest = 0n;
    this.accepted = 0;
    this.refused = 0;
    if (fs.existsSync(file)) {
      for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
        const { token, accepted } = JSON.parse(line);
        this.highest = accepted ? BigInt(token) : this.highest;
      }
    }
    this.file = fs.openSync(file, 'a');
  }

  /** Compares and writes in one synchronous step. */
  write(request) {
    const token = BigInt(request.token);
    const accepted = token >= this.highest;
    const line = { token: `${token}`, by: request.by, accepted, data: request.data };
    // Written to the file before the answer, so that a restarted store knows the highest token.
    fs.writeSync(this.file, `${JSON.stringify(line)}\n`);
    if (accepted) {
      this.highest = token;
      this.accepted += 1;
    } else {
      this.refused += 1;
    }
    return { accepted, highest: `${this.highest}` };
  }

  answer(line) {
    try {
      const request = JSON.parse(line);
      return request.token === undefined ? { highest: `${this.highest}` } : this.write(request);
    } catch (error) {
      return { error: error.message };
    }
  }
}

/** Serves the store on a socket: one line of answer for each line of request, in order. */
function serve(store, socket) {
  fs.rmSync(socket, { force: true });
  return net
    .createServer((connection) => {
      const lines = readline.createInterface({ input: connection });
      lines.on('line', (line) => connection.write(`${JSON.stringify(store.answer(line))}\n`));
      // Either event reports that the caller was killed.
      connection.on('error', () => connection.destroy());
      lines.on('error', () => connection.destroy());
    })
    .listen(socket);
}

/** A client of the store. */
class StoreClient {
  constructor(socket, by) {
    this.by = by;
    this.waiting = [];
    this.connection = net.createConnection(socket);
    this.connection.on('error', (error) => this.fail(error));
    this.connection.on('close', () => this.fail(new Error('the store is gone')));
    const lines = readline.createInterface({ input: this.connection });
    lines.on('line', (line) => this.waiting.shift().resolve(JSON.parse(line)));
    lines.on('error', (error) => this.fail(error));
  }

  write(token, data) {
    return this.ask({ token: `${token}`, by: this.by, data });
  }

  /** The highest accepted token. */
  async highest() {
    return BigInt((await this.ask({})).highest);
  }

  ask(request) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.connection.write(`${JSON.stringify(request)}\n`);
    });
  }

  fail(error) {
    this.waiting.splice(0).forEach((one) => one.reject(error));
  }

  close() {
    this.connection.destroy();
  }
}

function main() {
  const { values } = parseArgs({
    options: {
      socket: { type: 'string' },
      file: { type: 'string' },
      'exit-with-stdin': { type: 'boolean', default: false },
    },
  });
  if (!values.socket || !values.file) {
    process.stderr.write('usage: store.js --socket PATH --file FILE [--exit-with-stdin]\n');
    process.exit(2);
  }
  const store = new Store(values.file);
  const server = serve(store, values.socket);
  const end = () => {
    server.close();
    const { highest, accepted, refused } = store;
    process.stdout.write(`${JSON.stringify({ highest: `${highest}`, accepted, refused })}\n`, () =>
      process.exit(0),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (values['exit-with-stdin']) {
    process.stdin.on('end', end).resume();
  }
}

if (require.main === module) {
  main();
}
module.exports = { Store, StoreClient, serve };

'use strict';
// A store that is guarded by a fencing token: it refuses every token below the highest it saw.
//
//   $(sdk/node/setup.sh) sdk/node/contenders/store.js --socket /tmp/store.sock --file /tmp/store.jsonl
//
// It knows nothing of Synod. It does not ask who holds the lock, and needs no clock: a holder that
// was paused and wakes up late is stopped here, because whoever was granted after it has a greater
// token, and was here before.
//
// Each line that comes over the socket is JSON, {"token": "17", "by": NAME, "data": ...}, and is
// answered by one line, {"accepted": true, "highest": "17"}. Without a token it is only answered.
// Accepted or refused, each is a line of the file, in the order in which it was decided.

const fs = require('node:fs');
const net = require('node:net');
const readline = require('node:readline');
const { parseArgs } = require('node:util');

/** The file, and the highest token of those that were accepted. */
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

  /** Decides at once: nothing else happens between the comparison and the write. */
  write(request) {
    const token = BigInt(request.token);
    const accepted = token >= this.highest;
    const line = { token: `${token}`, by: request.by, accepted, data: request.data };
    // To the file before it is answered, so that a restarted store remembers what it promised.
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

/** Serves the store; one line in, one line out, in order. */
function serve(store, socket) {
  fs.rmSync(socket, { force: true });
  return net
    .createServer((connection) => {
      const lines = readline.createInterface({ input: connection });
      lines.on('line', (line) => connection.write(`${JSON.stringify(store.answer(line))}\n`));
      // A caller who was killed: both say so.
      connection.on('error', () => connection.destroy());
      lines.on('error', () => connection.destroy());
    })
    .listen(socket);
}

/** The store as those see it who write to it. */
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

  /** The highest token that was accepted. */
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

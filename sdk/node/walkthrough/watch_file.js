'use strict';
// Watches the log of a sidecar, rebuilds the file that propose_file.py proposes, and prints a
// digest of all commands in the order of the log.
//
//   $(sdk/node/setup.sh) sdk/node/walkthrough/watch_file.js --sidecar 127.0.0.1:7421 --output FILE
//
// If a watch breaks, for example because the sidecar is killed, it is resumed at the index after
// the last one that was seen, so that no entry is missed and none is seen twice; the program checks
// both. It ends at the command that has the number of lines, and fails if the rebuilt file differs.

const crypto = require('node:crypto');
const fs = require('node:fs');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { stubs, CHANNEL_OPTIONS } = require('../shared/stubs.js');

const LINE = 'synod.walkthrough/line';
const END = 'synod.walkthrough/end';

// After these codes the watch is resumed: the connection broke, or the sidecar stops or is down.
const AGAIN = new Set([
  grpc.status.UNAVAILABLE,
  grpc.status.CANCELLED,
  grpc.status.INTERNAL,
  grpc.status.UNKNOWN,
  grpc.status.RESOURCE_EXHAUSTED,
]);
const PROGRESS_SECONDS = 1;
// Ten progress events are missing: the connection is dead, although no error was reported.
const SILENCE_MILLIS = 10_000;
const PAUSE_MILLIS = 200;

/** The part of the log that was seen. Throws at the first entry that is wrong. */
class Rebuilt {
  constructor(from) {
    this.next = BigInt(from);
    this.digest = crypto.createHash('sha256');
    this.commands = 0;
    this.first = 0n;
    this.last = 0n;
    this.session = null;
    this.otherSessions = 0;
    this.lines = new Map();
    this.end = null;
  }

  take(entry) {
    const index = BigInt(entry.index);
    if (index < this.next) {
      throw new Error(`index ${index} came, although ${this.next} was the first wanted`);
    }
    this.next = index + 1n;
    const head = Buffer.alloc(12);
    head.writeBigUInt64BE(index);
    head.writeUInt32BE(entry.command.length, 8);
    this.digest.update(head).update(entry.command);
    this.commands += 1;
    this.first = this.first || index;
    this.last = index;
    if (entry.contentType === LINE || entry.contentType === END) {
      this.takeOfFile(entry);
    }
  }

  // One log may have several files, each of its own session; the first one is rebuilt.
  takeOfFile(entry) {
    this.session = this.session || entry.origin.sessionId;
    if (this.session !== entry.origin.sessionId) {
      this.otherSessions += 1;
    } else if (entry.contentType === END) {
      this.end = JSON.parse(entry.command.toString());
    } else {
      const tab = entry.command.indexOf('\t');
      const number = Number(entry.command.subarray(0, tab));
      if (this.lines.has(number)) {
        throw new Error(`line ${number} is there twice; the second time at index ${entry.index}`);
      }
      this.lines.set(number, Buffer.from(entry.command.subarray(tab + 1)));
    }
  }

  /** Records that everything up to this index was delivered. */
  skipThrough(index) {
    const next = BigInt(index) + 1n;
    this.next = next > this.next ? next : this.next;
  }

  /** The rebuilt file: its lines, sorted by number. */
  file() {
    const sorted = [];
    for (let number = 1; number <= this.end.lines; number++) {
      if (!this.lines.has(number)) {
        throw new Error(`line ${number} is lost`);
      }
      sorted.push(this.lines.get(number));
    }
    if (this.lines.size !== this.end.lines) {
      throw new Error(`${this.lines.size} lines came, and ${this.end.lines} were proposed`);
    }
    return Buffer.concat(sorted);
  }
}

/** Watches until the end of the file, and returns null, or until the watch breaks: its error. */
async function watchOnce(log, rebuilt) {
  const call = log.Watch({
    startIndex: rebuilt.next.toString(),
    progressInterval: { seconds: PROGRESS_SECONDS },
  });
  let heard = Date.now();
  const guard = setInterval(() => {
    if (Date.now() - heard > SILENCE_MILLIS) {
      call.cancel();
    }
  }, 1_000);
  try {
    for await (const message of call) {
      heard = Date.now();
      if (message.event === 'batch') {
        for (const entry of message.batch.entries) {
          rebuilt.take(entry);
          if (rebuilt.end) {
            return null;
          }
        }
      } else if (message.event === 'progress') {
        rebuilt.skipThrough(message.progress.index);
      }
    }
    return new Error('the sidecar ended the watch');
  } catch (error) {
    if (!AGAIN.has(error.code)) {
      throw error;
    }
    return error;
  } finally {
    clearInterval(guard);
    call.cancel();
  }
}

async function run(options) {
  const { Log } = stubs('log.proto');
  const log = new Log(options.sidecar, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  const rebuilt = new Rebuilt(options.from);
  const began = Date.now();
  let resumed = 0;
  let at = -1n;
  let movedAt = Date.now();
  const progress = setInterval(() => {
    process.stderr.write(`${rebuilt.lines.size} lines, through index ${rebuilt.last}\n`);
  }, 2_000);
  try {
    while (!rebuilt.end) {
      const broken = await watchOnce(log, rebuilt);
      if (broken) {
        if (rebuilt.next !== at) {
          at = rebuilt.next;
          movedAt = Date.now();
          resumed += 1;
          process.stderr.write(`broken (${broken.message}); going on at index ${rebuilt.next}\n`);
        } else if (Date.now() - movedAt > options.patience * 1_000) {
          throw new Error(`nothing for ${options.patience} s; last ${broken.message}`);
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
      }
    }
  } finally {
    clearInterval(progress);
    log.close();
  }
  const file = rebuilt.file();
  const fileSha256 = crypto.createHash('sha256').update(file).digest('hex');
  if (fileSha256 !== rebuilt.end.sha256) {
    throw new Error(`the file has ${fileSha256}, and ${rebuilt.end.sha256} was proposed`);
  }
  fs.writeFileSync(options.output, file);
  return {
    session: rebuilt.session,
    lines: rebuilt.lines.size,
    otherSessions: rebuilt.otherSessions,
    resumed,
    seconds: (Date.now() - began) / 1_000,
    fileSha256,
    commands: rebuilt.commands,
    firstIndex: Number(rebuilt.first),
    lastIndex: Number(rebuilt.last),
    digest: rebuilt.digest.digest('hex'),
  };
}

const USAGE = `usage: watch_file.js --output FILE [--sidecar HOST:PORT] [--from INDEX] [--patience SECONDS]

Watches the log of a sidecar and rebuilds the file that propose_file.py proposes.

  --output FILE        the rebuilt file
  --sidecar HOST:PORT  default 127.0.0.1:7401
  --from INDEX         the first index to watch; default 1
  --patience SECONDS   give up if nothing comes for so long; default 120

The last line of the output is JSON.
`;

function options() {
  const { values } = parseArgs({
    options: {
      output: { type: 'string' },
      sidecar: { type: 'string', default: '127.0.0.1:7401' },
      from: { type: 'string', default: '1' },
      patience: { type: 'string', default: '120' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  if (!values.output) {
    throw new TypeError('--output is missing');
  }
  if (!/^[1-9]\d{0,18}$/.test(values.from)) {
    throw new TypeError('--from takes an index, from 1');
  }
  if (!(Number(values.patience) > 0)) {
    throw new TypeError('--patience takes seconds, above 0');
  }
  return { ...values, patience: Number(values.patience) };
}

async function main() {
  let chosen;
  try {
    chosen = options();
  } catch (error) {
    process.stderr.write(`watch_file.js: ${error.message}\n${USAGE}`);
    return 2;
  }
  try {
    process.stdout.write(`${JSON.stringify(await run(chosen))}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`watch_file.js: ${error.message}\n`);
    return 1;
  }
}

main().then((status) => {
  process.exitCode = status;
});

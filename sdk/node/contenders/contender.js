'use strict';
// Contends for a lock, again and again, and writes to a guarded store while it holds it.
//
//   $(sdk/node/setup.sh) sdk/node/contenders/contender.js --name ann \
//       --sidecars 127.0.0.1:7401,127.0.0.1:7411,127.0.0.1:7421 --socket /tmp/store.sock
//
// It asks its own sidecar, the first one, and another while that is down. A hold is an open stream:
// when this process dies the stream ends, and the next one is granted.
//
// A holder may be paused, and wake up when another holds the lock. It cannot know, so it goes on
// writing; it is the store that must refuse. Stop this process (kill -STOP) for longer than the ttl,
// let it go on, and see. A hold that was lost is tried once more on purpose, for the same reason.
//
// What it sees goes to --log, a JSON line each: granted, ended, stale. Type `linger`, and its next hold
// lasts until it is lost, or until `release` is typed.

const fs = require('node:fs');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { stubs, CHANNEL_OPTIONS } = require('../shared/stubs.js');
const { StoreClient } = require('./store.js');

const BEAT_MILLIS = 20;
// A process that did not run for so long may have taken a renewal for younger than it was, by more
// than the sidecar allows for.
const PAUSED_MILLIS = 80;
const LINGER_WRITE_MILLIS = 5;
const RETRY_MILLIS = 100;
const STALE_PATIENCE_MILLIS = 60_000;

/** Milliseconds of the machine's monotonic clock, which goes on while this process is stopped. */
function now() {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** Notices when this process did not run. */
class Beat {
  constructor() {
    this.last = now();
    this.pausedUntil = -Infinity;
    setInterval(() => this.beat(), BEAT_MILLIS).unref();
  }

  beat() {
    const at = now();
    this.pausedUntil = at - this.last > PAUSED_MILLIS ? at : this.pausedUntil;
    this.last = at;
  }

  /** Whether it ran all the time since then, and when that came which was read then. */
  ranSince(time) {
    this.beat();
    return this.pausedUntil < time - 1_000;
  }
}

/** One hold of the lock: the stream, and what it says about the time that is left. */
class Hold {
  constructor(locks, request) {
    this.token = null;
    this.validUntil = 0;
    this.ended = '';
    this.call = locks.Hold(request);
    // Settled once it is granted, or will never be.
    this.granted = new Promise((resolve) => {
      this.call.on('data', (event) => this.take(event, resolve));
      this.call.on('error', (error) => this.end(error.details || error.message, resolve));
      this.call.on('end', () => this.end('the stream ended', resolve));
    });
  }

  take(event, settled) {
    if (event.event === 'granted') {
      this.token = BigInt(event.granted.fencingToken);
      this.extend(event.granted.validFor);
      settled(true);
    } else if (event.event === 'renewed') {
      this.extend(event.renewed.validFor);
    } else if (event.event === 'lost') {
      this.end(event.lost.reason, settled);
    }
  }

  // Counted from the arrival of the message; the sidecar has counted from before it asked.
  extend(validFor) {
    this.validUntil = now() + Number(validFor.seconds) * 1_000 + validFor.nanos / 1e6;
  }

  end(why, settled) {
    this.ended = this.ended || why;
    settled(false);
  }

  /** Why this is no longer held, as far as one can know here; '' if it is. */
  over() {
    return this.ended || (now() < this.validUntil ? '' : 'its time was over');
  }

  release() {
    this.end('released', () => {});
    this.call.cancel();
  }
}

class Contender {
  constructor(options) {
    const { Locks } = stubs('locks.proto');
    this.options = options;
    this.addresses = options.sidecars.split(',');
    this.sidecars = this.addresses.map(
      (at) => new Locks(at, grpc.credentials.createInsecure(), CHANNEL_OPTIONS),
    );
    this.store = new StoreClient(options.socket, options.name);
    this.beat = new Beat();
    this.log = options.log ? fs.openSync(options.log, 'a') : 2;
    this.linger = false;
    this.stopping = false;
    this.counts = { grants: 0, writes: 0, lost: 0, staleRefused: 0, staleAccepted: 0 };
  }

  /** Synchronously: what was seen is not lost with the process. */
  tell(what, fields) {
    const line = { at: now(), by: this.options.name, what, ...fields };
    fs.writeSync(this.log, `${JSON.stringify(line)}\n`);
  }

  async run() {
    let turn = 0;
    while (!this.stopping) {
      if (await this.contend(turn)) {
        turn = 0;
      } else {
        turn = (turn + 1) % this.sidecars.length;
        await sleep(RETRY_MILLIS * (0.5 + Math.random()));
      }
    }
  }

  /** One hold, from the question to its end; false if it was never granted. */
  async contend(turn) {
    const hold = new Hold(this.sidecars[turn], {
      name: this.options.lock,
      value: Buffer.from(this.options.name),
      ttl: { seconds: Math.floor(this.options.ttl / 1_000), nanos: (this.options.ttl % 1_000) * 1e6 },
    });
    this.hold = hold;
    if (!(await hold.granted)) {
      return false;
    }
    const granted = { token: `${hold.token}`, at: now(), linger: this.linger };
    this.counts.grants += 1;
    const { token, linger } = granted;
    this.tell('granted', { token, sidecar: this.addresses[turn], linger });
    const refused = await this.work(hold, granted);
    const why = refused ? 'refused' : hold.over() || 'released';
    // Before it is given up: from here on it may be another's.
    const ran = this.beat.ranSince(granted.at);
    const until = hold.validUntil;
    this.tell('ended', { token, from: granted.at, until, why, ran });
    hold.release();
    if (why !== 'released') {
      this.counts.lost += 1;
      this.linger = this.linger && !linger;
      if (!refused) {
        await this.tryStale(hold.token);
      }
    }
    return true;
  }

  /** Writes while it holds; true if the store refused. */
  async work(hold, granted) {
    for (let count = 0; !hold.over(); count++) {
      const lingers = granted.linger && this.linger && !this.stopping;
      if (count >= this.options.writes && !lingers) {
        return false;
      }
      const { accepted, highest } = await this.store.write(hold.token, count);
      this.counts.writes += 1;
      if (!accepted) {
        const held = !hold.over() && this.beat.ranSince(granted.at);
        this.counts.staleRefused += 1;
        this.tell('stale', { token: `${hold.token}`, highest, accepted, held });
        return true;
      }
      if (lingers) {
        await sleep(LINGER_WRITE_MILLIS);
      }
    }
    return false;
  }

  /** Once another has written, the token of a lost hold must be refused. */
  async tryStale(token) {
    const until = now() + STALE_PATIENCE_MILLIS;
    while (!this.stopping && now() < until) {
      if ((await this.store.highest()) > token) {
        const { accepted, highest } = await this.store.write(token, 'stale');
        this.counts[accepted ? 'staleAccepted' : 'staleRefused'] += 1;
        this.tell('stale', { token: `${token}`, highest, accepted, held: false });
        return;
      }
      await sleep(20);
    }
  }

  stop() {
    this.stopping = true;
    if (this.hold && this.hold.token === null) {
      this.hold.release();
    }
  }

  close() {
    this.sidecars.forEach((locks) => locks.close());
    this.store.close();
  }
}

const USAGE = `usage: contender.js --name NAME --sidecars HOST:PORT,... --socket PATH [more]

Contends for a lock, again and again, and writes to a guarded store while it holds it.

  --name NAME           who this is
  --sidecars H:P,...    its own first; another is asked while that is down
  --socket PATH         of the store; see store.js
  --lock NAME           default contended
  --ttl MILLIS          of a hold, at least 1000; default 1500
  --writes N            how many a hold; default 3
  --log FILE            what is seen, a JSON line each; default: standard error
  --exit-with-stdin     ends when its standard input ends

Its standard input takes 'linger' and 'release'. The last line of the output is JSON.
`;

function parse() {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      sidecars: { type: 'string' },
      socket: { type: 'string' },
      lock: { type: 'string', default: 'contended' },
      ttl: { type: 'string', default: '1500' },
      writes: { type: 'string', default: '3' },
      log: { type: 'string' },
      'exit-with-stdin': { type: 'boolean', default: false },
    },
  });
  if (!values.name || !values.sidecars || !values.socket) {
    throw new TypeError('--name, --sidecars and --socket are needed');
  }
  const ttl = Number(values.ttl);
  const writes = Number(values.writes);
  if (!(Number.isInteger(ttl) && ttl >= 1_000 && Number.isInteger(writes) && writes > 0)) {
    throw new TypeError('--ttl takes milliseconds, from 1000, and --writes a number from 1');
  }
  return { ...values, ttl, writes };
}

async function main() {
  let options;
  try {
    options = parse();
  } catch (error) {
    process.stderr.write(`contender.js: ${error.message}\n${USAGE}`);
    return 2;
  }
  const contender = new Contender(options);
  process.on('SIGTERM', () => contender.stop());
  process.on('SIGINT', () => contender.stop());
  const typed = readline.createInterface({ input: process.stdin });
  typed.on('line', (line) => {
    contender.linger = line === 'linger';
  });
  typed.on('close', () => options['exit-with-stdin'] && contender.stop());
  try {
    await contender.run();
    process.stdout.write(`${JSON.stringify({ name: options.name, ...contender.counts })}\n`);
    return contender.counts.staleAccepted > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`contender.js: ${error.stack}\n`);
    return 1;
  } finally {
    contender.close();
    typed.close();
  }
}

main().then((status) => process.exit(status));

'use strict';
// Acquires a lock again and again, and writes to a store while it holds the lock.
//
//   $(sdk/node/setup.sh) sdk/node/contenders/contender.js --name ann \
//       --sidecars 127.0.0.1:7401,127.0.0.1:7411,127.0.0.1:7421 --socket /tmp/store.sock
//
// It calls the first sidecar, and another one while that is down. The lock is held while a stream
// is open: when this process dies, the stream ends, and the lock is granted to the next contender.
//
// A holder may be suspended, and continue when another contender holds the lock. It cannot know
// that, so it continues to write, and the store must refuse the write. To see it, stop this process
// (kill -STOP) for longer than the ttl, and let it continue. For the same purpose, the contender
// writes once more on purpose with the token of each lock that it lost.
//
// It writes events to --log, one JSON object per line: granted, ended, stale. After `linger` is
// typed, it keeps its next lock until it is lost, or until `release` is typed.

const fs = require('node:fs');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { stubs, CHANNEL_OPTIONS } = require('../shared/stubs.js');
const { StoreClient } = require('./store.js');

const BEAT_MILLIS = 20;
// A process that was suspended for longer may count the validity of a renewal from too late, by
// more than the margin of the sidecar.
const PAUSED_MILLIS = 80;
const LINGER_WRITE_MILLIS = 5;
const RETRY_MILLIS = 100;
const STALE_PATIENCE_MILLIS = 60_000;

/** Milliseconds of the monotonic clock, which continues while this process is suspended. */
function now() {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** Detects that this process was suspended. */
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

  /** Whether it was not suspended since a second before this time. */
  ranSince(time) {
    this.beat();
    return this.pausedUntil < time - 1_000;
  }
}

/** One acquisition of the lock: its stream, and how long it is still valid. */
class Hold {
  constructor(locks, request) {
    this.token = null;
    this.validUntil = 0;
    this.ended = '';
    this.call = locks.Hold(request);
    // Resolved once the lock is granted, or never will be.
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

  // The sidecar has subtracted the time until the message arrives, and a margin.
  extend(validFor) {
    this.validUntil = now() + Number(validFor.seconds) * 1_000 + validFor.nanos / 1e6;
  }

  end(why, settled) {
    this.ended = this.ended || why;
    settled(false);
  }

  /** Why the lock is no longer held, as far as this process knows; '' if it is held. */
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

  /** Writes an event synchronously, so that it is not lost when the process is killed. */
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

  /** One acquisition, from the call to its end; false if the lock was never granted. */
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
    // Before the release, since afterwards another contender may be granted the lock.
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

  /** Writes while it holds the lock; true if the store refused a write. */
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

  /** Checks that the store refuses the token of a lost lock once another contender has written. */
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

Acquires a lock again and again, and writes to a store while it holds the lock.

  --name NAME           name of this contender
  --sidecars H:P,...    its own sidecar first; the others are called while that is down
  --socket PATH         socket of the store; see store.js
  --lock NAME           name of the lock; default contended
  --ttl MILLIS          time to live of a hold, at least 1000; default 1500
  --writes N            writes in each hold; default 3
  --log FILE            file for events, one JSON object per line; default: standard error
  --exit-with-stdin     exit when standard input ends

Standard input takes 'linger' and 'release'. The last line of the output is JSON.
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

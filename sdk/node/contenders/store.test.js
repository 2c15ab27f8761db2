'use strict';
// Tests of the store: node --test sdk/node/contenders

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Store, StoreClient, serve } = require('./store.js');

function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'store-'));
  t.after(() => fs.rmSync(made, { recursive: true }));
  return made;
}

test('refuses every token below the highest it saw', (t) => {
  const store = new Store(path.join(folder(t), 'file'));
  const verdicts = ['5', '5', '9', '5', '8', '9', '10'].map((token) => store.write({ token }).accepted);
  assert.deepStrictEqual(verdicts, [true, true, true, false, false, true, true]);
  assert.strictEqual(store.highest, 10n);
});

test('compares tokens as numbers, also those that no double can hold', (t) => {
  const store = new Store(path.join(folder(t), 'file'));
  store.write({ token: '9007199254740993' });
  assert.strictEqual(store.write({ token: '9007199254740992' }).accepted, false);
  assert.strictEqual(store.write({ token: '10' }).accepted, false);
});

test('remembers over its own restart, and not what it refused', (t) => {
  const file = path.join(folder(t), 'file');
  const before = new Store(file);
  before.write({ token: '7', by: 'ann' });
  before.write({ token: '3', by: 'bob' });
  const after = new Store(file);
  assert.strictEqual(after.highest, 7n);
  assert.strictEqual(after.write({ token: '6' }).accepted, false);
  assert.strictEqual(fs.readFileSync(file, 'utf8').trim().split('\n').length, 3);
});

test('answers over its socket in order, and what is not JSON too', async (t) => {
  const place = folder(t);
  const socket = path.join(place, 'socket');
  const server = serve(new Store(path.join(place, 'file')), socket);
  const client = new StoreClient(socket, 'ann');
  const answers = await Promise.all([client.write(4n, 0), client.write(2n, 1), client.highest()]);
  assert.deepStrictEqual(answers.slice(0, 2).map((answer) => answer.accepted), [true, false]);
  assert.strictEqual(answers[2], 4n);
  assert.match((await client.ask({ token: 'x' })).error, /BigInt/);
  client.close();
  server.close();
});

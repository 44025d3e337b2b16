import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ForeignPosition } from '../../agent/import/foreign-positions.ts';
import { readPromtailPositions } from '../../agent/import/promtail-positions.ts';
import { asNobody } from '../support/as-nobody.ts';
import { positionsFile, scratch, WRITTEN_MS } from './positions-file.ts';

const CART = 'shop_cart-0_7d0f6c1e-9f3a-4c52-8f0e-1c2d3e4f5a6b/app/2';
const EXPORTER = 'monitoring_kube-prometheus-stack-prometheus-node-exporter-7gk2x_3f0c9a52-6b1e-4a57-9d1f-0f6a1f0f5c11/node-exporter/0';

/** What gopkg.in/yaml.v3 v3.0.1 makes of Promtail's `File` struct; a key of more than 128 bytes is written out as one. */
const PROMTAIL = `positions:
    ? /var/log/pods/${EXPORTER}.log
    : "17623"
    /var/log/pods/${CART}.log: "1048576"
    /var/log/pods/${CART}.log.20261101-090000.gz: "4711"
    /var/log/pods/${CART}.log.20261101-120000: "10485760"
    /var/log/syslog: "99"
    cursor-journal: s=96c0493b15cd4824b73d031da667369f;i=25557;b=64c7ff8e6dbc4a21b77425da44ce57f1;m=d9ddfd2be7;t=63d7d20071963;x=336b5294210ef9ec
`;
/** What gopkg.in/yaml.v2 v2.4.0, which Alloy uses, makes of its `File` struct: long labels are folded. */
const ALLOY = `positions:
  ? path: cursor-loki.source.journal.test
    labels: '{}'
  : s=96c0493b15cd4824b73d031da667369f;i=25557
  ? path: /var/log/pods/${CART}.log
    labels: '{app="cart", cluster="prod-eu", container="app", filename="x", job="shop/cart",
      namespace="shop", node_name="worker-7.example.internal", pod="cart-0", stream="stdout"}'
  : "1048576"
  ? path: /var/log/pods/${EXPORTER}.log
    labels: '{}'
  : "17623"
  ? path: /var/log/pods/${CART}.log
    labels: '{}'
  : "1000"
`;

function live(id: string, offset: number): ForeignPosition {
  return { path: `/var/log/pods/${id}.log`, log: { kind: 'source', id, rotated: null }, mark: null, offset };
}

const rotated: ForeignPosition = {
  path: `/var/log/pods/${CART}.log.20261101-120000`,
  log: { kind: 'source', id: CART, rotated: '2.log.20261101-120000' },
  mark: null,
  offset: 10_485_760,
};

describe(readPromtailPositions, () => {
  test.each([
    ['yaml.v3', PROMTAIL],
    ['yaml.v2, as earlier versions did', PROMTAIL.replaceAll(/^ {4}/gm, '  ')],
  ])('the positions of Promtail, as written by %s', async (_, text) => {
    const file = await positionsFile(text);
    expect(await readPromtailPositions(file)).toStrictEqual({
      kind: 'positions',
      agent: 'promtail',
      file,
      asOfMs: WRITTEN_MS,
      entries: [live(EXPORTER, 17_623), live(CART, 1_048_576), rotated],
      ignored: 3,
    });
  });

  test('the positions of Alloy, without those that it has converted and gone on from', async () => {
    expect(await readPromtailPositions(await positionsFile(ALLOY))).toMatchObject({
      agent: 'alloy',
      entries: [live(CART, 1_048_576), live(EXPORTER, 17_623)],
      ignored: 2,
    });
  });

  test('labels may be missing, and there may be several of one file', async () => {
    const path = `path: /var/log/pods/${CART}.log`;
    const text = `positions:\n  ? ${path}\n  : "1"\n  ? ${path}\n    labels: '{job="a"}'\n  : "2"\n`;
    expect(await readPromtailPositions(await positionsFile(text))).toMatchObject({
      agent: 'alloy',
      entries: [live(CART, 1), live(CART, 2)],
      ignored: 0,
    });
  });

  test.each([
    ['an empty file', ''],
    ['a file without positions', 'positions: {}\n'],
  ])('%s holds none', async (_, text) => {
    expect(await readPromtailPositions(await positionsFile(text))).toMatchObject({ kind: 'positions', entries: [], ignored: 0 });
  });

  test.each([['-1'], ['1e3'], ['99999999999999999999'], ['9007199254740993'], ['']])('the offset "%s" is ignored', async (offset) => {
    const text = `positions:\n  /var/log/pods/${CART}.log: "${offset}"\n`;
    expect(await readPromtailPositions(await positionsFile(text))).toMatchObject({ entries: [], ignored: 1 });
  });

  test.each([
    ['a line cut in two', 'positions:\n  /tmp/random.log: "176\n', /^it is not YAML \(Missing closing/],
    ['an alias', 'positions: *x\n', /^it is not YAML/],
    ['bytes that are no text', '\u0000\u0001\u0002', /^it (?:is not YAML|has no mapping)/],
    ['a list', '- 1\n', /^it has no mapping "positions"; name the positions file/],
    [
      'the configuration of Promtail',
      'positions:\n  filename: /run/promtail/positions.yaml\n  sync: {period: 1}\n',
      /^its position 2 is not/,
    ],
    ['positions that are none', 'positions: 7\n', /^it has no mapping "positions"/],
    ['a key that is a list', 'positions:\n  ? [a]\n  : "1"\n', /^its position 1 is not of the form/],
  ])('%s is said to be malformed', async (_, text, message) => {
    const file = await positionsFile(text);
    expect(await readPromtailPositions(file)).toStrictEqual({
      kind: 'fault',
      file,
      reason: 'malformed',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a file that is not there, not a file, or not to be read', async () => {
    const directory = await scratch();
    const secret = join(directory, 'secret');
    writeFileSync(secret, PROMTAIL);
    chmodSync(secret, 0o000);
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'data-alloy'));
    const reasonOf = async (name: string): Promise<unknown> => asNobody(() => readPromtailPositions(join(directory, name)));
    expect(await reasonOf('missing')).toMatchObject({ reason: 'missing', message: /^there is no such file; mount/ });
    expect(await reasonOf('secret/below')).toMatchObject({ kind: 'fault' });
    expect(await reasonOf('data-alloy')).toMatchObject({ reason: 'malformed', message: /^it is not a regular file; name the file itself/ });
    expect(await reasonOf('secret')).toMatchObject({ reason: 'unreadable', message: /^it cannot be read \(EACCES/ });
  });
});

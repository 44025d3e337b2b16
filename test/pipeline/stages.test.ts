import { describe, expect, test } from 'vitest';
import { readLetters } from '../../agent/deliver/read-letters.ts';
import { letterFile } from '../../agent/deliver/letter-files.ts';
import { STDERR } from '../../agent/model/record.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const STAGES = [{ redact: { shapes: ['email', 'ipv4'] } }, { level: {} }];

describe('the composed agent', () => {
  test('I5 ships every line with its level and without what is redacted, and accounts for the bytes of the file', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    container.log.print('{"msg":"bob@example.com from 10.0.0.1","level":"warn"}\n');
    container.log.print('[ERROR] al@example.com\n', { channel: STDERR });
    container.log.print('hello\n');
    container.log.print(`level=info ${'x'.repeat(20_000)} eve@example.com\n`);
    await bench.until(async () => bench.loki.counts.stored === 4 && (await bench.metric('logferry_in_flight_bytes')) === 0);
    const byText = bench.loki.entries().map(({ line, metadata }) => [line.toString().replace(/x{20000}/, 'x*'), metadata] as const);
    const pod = ['pod', 'cart-7d4'];
    expect(byText.toSorted(([a], [b]) => (a < b ? -1 : 1))).toStrictEqual([
      ['[ERROR] [redacted:email]', [pod, ['detected_level', 'error']]],
      ['hello', [pod]],
      ['level=info x* [redacted:email]', [pod, ['detected_level', 'info']]],
      ['{"msg":"[redacted:email] from [redacted:ipv4]","level":"warn"}', [pod, ['detected_level', 'warn']]],
    ]);
    expect(await bench.metric('logferry_redactions_total', ',shape="email"')).toBe(3);
    expect(await bench.metric('logferry_redactions_total', ',shape="ipv4"')).toBe(1);
    expect(await bench.metric('logferry_acked_bytes_total')).toBe(await bench.metric('logferry_seen_bytes_total'));
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('I5 what a selector means is left out, and counted by its reason', async () => {
    const drop = { selector: '{namespace="shop", stream="stdout"} |= "GET /healthz"', action: 'drop', drop_counter_reason: 'probes' };
    await using bench = await AgentBench.create({ config: { stages: [{ match: drop }] } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    for (let n = 0; n < 10; n += 1) container.log.print(`GET /healthz ${n}\n`);
    container.log.print('GET /healthz of stderr\n', { channel: STDERR });
    container.log.print('GET /cart\n');
    await bench.until(async () => bench.loki.counts.stored === 2 && (await bench.metric('logferry_in_flight_bytes')) === 0);
    expect(await bench.metric('logferry_filtered_entries_total', ',reason="probes"')).toBe(10);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    const seen = await bench.metric('logferry_seen_bytes_total');
    expect((await bench.metric('logferry_acked_bytes_total')) + (await bench.metric('logferry_filtered_bytes_total'))).toBe(seen);
  });

  test('I9 what is sent again after a SIGKILL is what was sent before', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES, checkpoint: { interval_seconds: 3600 } } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    for (let n = 0; n < 50; n += 1) container.log.print(`level=info user${n}@example.com from 10.0.0.${n}\n`);
    await bench.until(() => bench.loki.counts.stored >= 50);
    await bench.kill();
    await bench.start();
    container.log.print('level=warn last@example.com\n');
    await bench.until(() => bench.loki.entries().some(({ line }) => line.toString().startsWith('level=warn')));
    const entries = bench.loki
      .entries()
      .map(({ seconds, nanos, line, metadata }) => JSON.stringify([seconds, nanos, line.toString(), metadata]));
    expect(entries.length).toBeGreaterThan(51);
    expect(new Set(entries).size).toBe(51);
  });

  test('a refused entry is a dead letter as it was sent: redacted', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES }, output: { accepts: { max_line_bytes: 1000 } } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    container.log.print(`[WARN] bob@example.com ${'x'.repeat(1000)}\n`);
    await bench.until(async () => (await bench.metric('logferry_dropped_entries_total', ',reason="line_too_long"')) === 1);
    const letters = await Array.fromAsync(readLetters(letterFile(bench.stateDir, 'loki')));
    expect(
      letters
        .map((line) => line.kind === 'letter' && line.letter)
        .map((letter) => letter && [letter.line.toString().slice(0, 24), letter.metadata]),
    ).toStrictEqual([
      [
        '[WARN] [redacted:email] ',
        [
          ['pod', 'cart-7d4'],
          ['detected_level', 'warn'],
        ],
      ],
    ]);
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NeedlePlaces } from '../../agent/runtime/needle-places.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
/** All of them do something with few lines only. */
const STAGES = [
  { drop: { expression: 'healthz' } },
  { match: { selector: '{namespace="shop"} |= "debug"', action: 'drop' } },
  { redact: { shapes: ['email'] } },
];

function lineOf(n: number): string {
  if (n % 7 === 0) return `${n} GET /healthz`;
  if (n % 11 === 0) return `${n} debug`;
  return n % 5 === 0 ? `${n} to bob@example.com` : `${n} plain`;
}

describe(NeedlePlaces, () => {
  test('says what a search for each would say, whatever is asked', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
    const needles = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 3 }),
        needles,
        fc.array(fc.integer({ min: -3, max: 8 })),
        (chunks, needles, steps) => {
          const places = new NeedlePlaces(needles.map((needle) => Buffer.from(needle)));
          for (const text of chunks) {
            const chunk = Buffer.from(text);
            let from = 0;
            for (const step of steps) {
              from = Math.max(0, Math.min(from + step, chunk.length));
              const found = needles.map((needle) => chunk.indexOf(needle, from)).filter((at) => at !== -1);
              expect(places.nextIn(chunk, from)).toBe(Math.min(Number.POSITIVE_INFINITY, ...found));
            }
          }
        },
      ),
    );
  });
});

describe('the composed agent', () => {
  test.each([1, 50])('I2 I5 does with lines what stages want that do something with few, %i lines apart', async (apart) => {
    await using bench = await AgentBench.create({ config: { stages: STAGES } });
    const container = bench.logs.start(NAMES);
    const lines = Array.from({ length: 4000 }, (_, n) => (n % apart === 0 ? lineOf(n) : `${n} plain`));
    for (const line of lines) container.log.print(`${line}\n`);
    await bench.start();
    const wanted = lines
      .filter((line) => !line.includes('healthz') && !line.includes('debug'))
      .map((line) => line.replace('bob@example.com', '[redacted:email]'));
    await bench.until(async () => bench.loki.counts.stored >= wanted.length && (await bench.metric('logferry_in_flight_bytes')) === 0);
    expect(bench.loki.entries().map(({ line }) => line.toString())).toStrictEqual(wanted);
    expect(await bench.metric('logferry_filtered_bytes_total')).toBeGreaterThan(0);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    expect(await bench.metric('logferry_redactions_total', ',shape="email"')).toBe(lines.filter((line) => line.includes('@')).length);
  });
});

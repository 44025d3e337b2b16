import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PushedStream } from '../../agent/outputs/loki/decode-push.ts';
import { guiltyEntries, refusedEntries } from '../../agent/outputs/loki/guilty-entries.ts';
import { haveContainerEngine } from '../support/container-engine.ts';
import { LokiContainer } from '../support/loki-container.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { protobufPush } from '../support/push-body.ts';
import { pushedStreams, randomPush } from '../support/random-pushes.ts';

const TENANT = 'guilty';
/** Loki answers queries for what is older from chunks that it has not written yet, so that it can't be told whether it is stored. */
const QUERYABLE_SECONDS = 7200;

describe.skipIf(!(await haveContainerEngine()))('the words of a real Loki', () => {
  let loki: LokiContainer;
  beforeAll(async () => {
    loki = await LokiContainer.start();
  });
  afterAll(async () => {
    await loki?.[Symbol.asyncDispose]();
  });

  test('I5 I6 the guilty are exactly the entries that are not stored, or not known', async () => {
    let run = 0;
    let known = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(randomPush, { minLength: 1, maxLength: 2 }), async (pushes) => {
        run += 1;
        for (const [attempt, push] of pushes.entries()) {
          const streams = pushedStreams(push, Date.now(), `${run}`, attempt);
          const { status, text } = await send(loki.pushUrl, streams);
          if (status !== 400) continue;
          const missing = await missingEntries(loki.url, streams, `{run="${run}"}`);
          const guilty = guiltyEntries(text, streams);
          if (guilty !== null) expect(queryable(guilty, streams)).toStrictEqual(missing);
          expect(missing).toStrictEqual(expect.arrayContaining(queryable(refusedEntries(text, streams) ?? [], streams)));
          if (guilty !== null) known += 1;
        }
      }),
      { numRuns: 100 },
    );
    expect(known).toBeGreaterThan(10);
  });
});

async function send(url: string, streams: readonly PushedStream[]): Promise<{ status: number; text: string }> {
  const body = protobufPush(
    streams.map(({ labels, entries }) => ({
      labels,
      entries: entries.map(({ seconds, nanos, line, metadata }) => ({
        nanos: BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
        line,
        metadata: Object.fromEntries(metadata),
      })),
    })),
  );
  const headers = { 'content-type': 'application/x-protobuf', 'x-scope-orgid': TENANT };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
  return { status: response.status, text: await response.text() };
}

/** Indices of the entries whose lines Loki does not give back. */
async function missingEntries(url: string, streams: readonly PushedStream[], selector: string): Promise<number[]> {
  const stored = new Set((await new LokiReader(url, TENANT).entries(selector)).map(({ line }) => line));
  const missing = streams.flatMap(({ entries }) => entries).map(({ line }, index) => ({ index, isMissing: !stored.has(line.toString()) }));
  return queryable(
    missing.filter(({ isMissing }) => isMissing),
    streams,
  );
}

/** Those whose absence a query can show. */
function queryable(entries: readonly { readonly index: number }[], streams: readonly PushedStream[]): number[] {
  const since = Date.now() / 1000 - QUERYABLE_SECONDS;
  const all = streams.flatMap(({ entries }) => entries);
  return entries.flatMap(({ index }) => (all[index]!.seconds > since ? [index] : []));
}

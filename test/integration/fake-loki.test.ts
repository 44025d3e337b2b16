import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { haveContainerEngine } from '../support/container-engine.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { LokiContainer } from '../support/loki-container.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { type PushCase, pushCases } from '../support/push-cases.ts';

const TENANT = 'team-a';
const NOW = BigInt(Date.now()) * 1_000_000n;
/** Loki answers queries for what is older from chunks that it has not written yet. */
const QUERYABLE_NANOS = 3_600_000_000_000n * 2n;

/** What the agent reads: of these answers the fake has every word, of those to malformed requests only the status. */
const ABOUT_ENTRIES = /^(?:entry|max|stream|user|ingestion|maximum|label name|normalization|rpc error)\b/;

/** What can be compared of an entry: Loki adds labels and metadata of its own. */
interface Kept {
  readonly of: string | undefined;
  readonly nanos: bigint;
  readonly line: string;
  readonly pod: string | undefined;
}

/** The unit tests believe the fake; here it is held against the real one, request by request. */
describe.skipIf(!(await haveContainerEngine()))('the fake Loki is as strict as the real one', () => {
  let real: LokiContainer;
  let fake: FakeLoki;
  beforeAll(async () => {
    [real, fake] = await Promise.all([LokiContainer.start(), FakeLoki.start({ auth: true })]);
  });
  afterAll(async () => {
    await fake?.[Symbol.asyncDispose]();
    await real?.[Symbol.asyncDispose]();
  });

  test.each(pushCases(TENANT, NOW))('$name: $status', async (request) => {
    const [ofReal, ofFake] = await Promise.all([send(real, request), send(fake, request)]);
    expect({ real: ofReal.status, fake: ofFake.status }).toEqual({ real: request.status, fake: request.status });
    if (ABOUT_ENTRIES.test(ofReal.text)) expect(timeless(ofFake.text)).toBe(timeless(ofReal.text));
  });

  test('after all of them both hold the same entries', async () => {
    const stored = await new LokiReader(real.url, TENANT).entries('{service_name=~".+"}');
    const ofReal = stored.map(({ labels, metadata, nanos, line }) => ({ of: labels['case'], nanos, line, pod: metadata['pod'] }));
    const ofFake = fake.entries().map(({ stream: { labels }, metadata, seconds, nanos, line }) => ({
      of: labels['case'],
      nanos: BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
      line: line.toString(),
      pod: new Map(metadata).get('pod'),
    }));
    expect(sorted(ofReal)).toEqual(sorted(ofFake.filter(({ nanos }) => nanos > NOW - QUERYABLE_NANOS)));
    expect(ofReal.length).toBeGreaterThan(20);
  });
});

async function send({ pushUrl }: { pushUrl: string }, { headers, body }: PushCase): Promise<{ status: number; text: string }> {
  const response = await fetch(pushUrl, { method: 'POST', headers, body: new Uint8Array(body) });
  return { status: response.status, text: await response.text() };
}

/** Without what depends on the moment, and the size of a message between two parts of Loki. */
function timeless(text: string): string {
  return text.replaceAll(/(?<=acceptable timestamp is: )[\d:TZ-]+|\d+(?= vs\.)/g, '...');
}

function sorted(entries: readonly Kept[]): string[] {
  return entries.map(({ of, nanos, line, pod }) => `${of} ${nanos} ${pod} ${line.length} ${line.slice(0, 40)}`).sort();
}

import { describe, expect, onTestFinished, test } from 'vitest';
import { pushBody, startAtNoon, NOON } from './fake-loki-client.ts';
import type { FakeLoki } from './fake-loki.ts';
import { gatewayAnswer, httpAnswer, type RelayFault } from './relay-fault.ts';
import { Relay } from './relay.ts';

const BODY = pushBody([{ app: 'web' }, [NOON, 'line']]);

async function relayed(): Promise<{ loki: FakeLoki; relay: Relay }> {
  const loki = await startAtNoon();
  const relay = await Relay.start(loki.url);
  onTestFinished(async () => {
    await relay[Symbol.asyncDispose]();
    await loki[Symbol.asyncDispose]();
  });
  return { loki, relay };
}

/** The status and text of the answer, or that there was none; gives up when `giveUp` aborts. */
async function push(relay: Relay, giveUp?: AbortSignal): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: new Uint8Array(BODY) };
  try {
    const response = await fetch(`${relay.url}/loki/api/v1/push`, giveUp === undefined ? init : { ...init, signal: giveUp });
    return `${response.status} ${await response.text()}`.trimEnd();
  } catch {
    return 'no answer';
  }
}

const FAULTS: readonly (readonly [name: string, fault: RelayFault, answer: string, stored: number])[] = [
  ['a delay', { kind: 'delay', ms: 1 }, '204', 1],
  ['half of the request', { kind: 'break_request' }, 'no answer', 0],
  ['half of the answer, then its end', { kind: 'break_answer', share: 0.5, by: 'end' }, 'no answer', 1],
  ['half of the answer, then a reset', { kind: 'break_answer', share: 0.5, by: 'reset' }, 'no answer', 1],
  ['nothing of the answer', { kind: 'break_answer', share: 0, by: 'end' }, 'no answer', 1],
  ['an answer in drops', { kind: 'drip', everyMs: 1 }, '204', 1],
  ['an answer in place of the store', gatewayAnswer(503), '503 503 of a gateway', 0],
  ['an answer in place of that of the store', { kind: 'answer', bytes: () => httpAnswer(200, {}, 'ok'), stored: true }, '200 ok', 1],
];

describe('a relay', () => {
  test.for(FAULTS)('%s', async ([, fault, answer, stored]) => {
    const { loki, relay } = await relayed();
    relay.fault(fault);
    expect(await push(relay)).toBe(answer);
    expect(loki.counts).toMatchObject({ stored, known: 0 });
    expect(await push(relay)).toBe('204');
    expect(loki.counts).toMatchObject({ stored: 1, known: stored });
    expect(relay.requests.map(({ fault }) => fault)).toStrictEqual([fault, null]);
    expect(new Set(relay.requests.map(({ digest }) => digest)).size).toBe(1);
  });

  test('a black hole: no answer until the client gives up, nothing stored', async () => {
    const { loki, relay } = await relayed();
    relay.fault({ kind: 'hang' });
    const giveUp = new AbortController();
    const answer = push(relay, giveUp.signal);
    await expect.poll(() => relay.requests.length).toBe(1);
    giveUp.abort();
    expect(await answer).toBe('no answer');
    expect(loki.counts.stored).toBe(0);
  });

  test('cut or down it passes nothing; mended it is where it was', async () => {
    const { loki, relay } = await relayed();
    const { url } = relay;
    relay.cut();
    expect(await push(relay)).toBe('no answer');
    await relay.down();
    expect(await push(relay)).toBe('no answer');
    expect(loki.requests).toHaveLength(0);
    await relay.mend();
    expect(relay.url).toBe(url);
    expect(await push(relay)).toBe('204');
  });

  test('faults hit as many requests as they are told to, of those that they are meant for', async () => {
    const { relay } = await relayed();
    relay.fault(gatewayAnswer(500), { times: 2 });
    relay.fault(gatewayAnswer(413), { times: 1, when: ({ bodyBytes }) => bodyBytes > BODY.length });
    const answers = [await push(relay), await push(relay), await push(relay)];
    expect(answers.map((answer) => answer.slice(0, 3))).toStrictEqual(['500', '500', '204']);
  });
});

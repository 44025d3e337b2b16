import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KubeletLogDir, type RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { sourceIdOf, sourceOfId } from '../../agent/discover/log-path.ts';
import type { Source } from '../../agent/model/source.ts';
import type { HttpAnswer } from '../../agent/runtime/http-client.ts';
import { FaultyFiles } from '../simulation/faulty-files.ts';
import { ScriptedStore } from '../simulation/scripted-store.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const MINUTES = 5;
const STEP_MS = 50;
const CONFIG = {
  containers: { max_line_bytes: 16_384 },
  tenants: { allowed: ['team-*'], max_per_node: 4 },
  routes: [{ tenant: '{namespace}' }],
};

/** A store that says to pushes of team-a what a test wants, and takes those of others. */
class PartialStore extends ScriptedStore {
  requestsOfA = 0;
  readonly #answerToA: ((signal: AbortSignal) => Promise<HttpAnswer>) | null;

  constructor(clock: FakeClock, answerToA: ((signal: AbortSignal) => Promise<HttpAnswer>) | null) {
    super(clock);
    this.#answerToA = answerToA;
  }

  override post(headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    if (headers['x-scope-orgid'] !== 'team-a' || this.#answerToA === null) return super.post(headers, body, signal);
    this.requestsOfA += 1;
    return this.#answerToA(signal);
  }
}

/** Twenty containers of team-a with more than the agent may hold, and nothing that compresses well. */
function flood(logs: KubeletLogDir): RunningContainer[] {
  return Array.from({ length: 20 }, (_, number) => {
    const container = logs.start({ namespace: 'team-a', pod: `pod-${number}`, container: 'app' });
    for (let line = 0; line < 300; line += 1) {
      const noise = Array.from({ length: 16 }, (_, word) => createHash('sha256').update(`${number} ${line} ${word}`).digest('hex'));
      container.log.print(`${noise.join('')}\n`);
    }
    return container;
  });
}

function sourceOf({ log }: RunningContainer): Source {
  return { ...sourceOfId(sourceIdOf(log.path)!)!, path: log.path };
}

/** For five minutes, how long each of team-b's lines, one a second, takes from its file to the store. */
async function waits(answerToA: 'none' | ((clock: FakeClock, signal: AbortSignal) => Promise<HttpAnswer>)): Promise<number[]> {
  await using dir = await tempDir();
  const clock = new FakeClock();
  using logs = new KubeletLogDir(dir.path, { clock });
  const store = new PartialStore(clock, answerToA === 'none' ? null : (signal) => answerToA(clock, signal));
  const flooding = answerToA === 'none' ? [] : flood(logs);
  const quiet = logs.start({ namespace: 'team-b', pod: 'pod-b', container: 'app' });
  const { pipeline, update, lanes, budget } = await assembleBench(join(dir.path, 'pods'), clock, {
    store,
    config: CONFIG,
    fs: new FaultyFiles(),
  });
  lanes.start();
  const stop = new AbortController();
  const done = pipeline.run(stop.signal);
  update([...flooding, quiet].map(sourceOf));
  const printedMs: number[] = [];
  const waitedMs: number[] = [];
  for (let ms = 0; ms < MINUTES * 60_000; ms += STEP_MS) {
    if (ms % 1000 === 0) printedMs.push(quiet.log.print(`${ms}\n`) ?? ms);
    await clock.advance(STEP_MS);
    expect(budget.availableBytes).toBeGreaterThanOrEqual(0);
    while (waitedMs.length < store.stored.length) waitedMs.push(ms + STEP_MS - printedMs[waitedMs.length]!);
  }
  if (answerToA !== 'none') expect(store.requestsOfA).toBeGreaterThan(MINUTES);
  stop.abort();
  await done;
  await lanes[Symbol.asyncDispose]();
  pipeline.close();
  return waitedMs;
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
}

function answer(status: number): HttpAnswer {
  return { kind: 'answer', status, retryAfter: null, date: null, text: 'no' };
}

test.each<[string, (clock: FakeClock, signal: AbortSignal) => Promise<HttpAnswer>]>([
  ['answers 429', () => Promise.resolve(answer(429))],
  ['answers 500', () => Promise.resolve(answer(500))],
  [
    'does not answer',
    async (clock, signal) => {
      await clock.sleep(30_000, signal);
      return { kind: 'failure', reason: 'timeout', detail: 'no answer' };
    },
  ],
])('I3 I6 a tenant that the store %s for five minutes leaves the p99 of another as it was', async (_, answerToA) => {
  const undisturbed = await waits('none');
  const beside = await waits(answerToA);
  expect(Math.min(undisturbed.length, beside.length)).toBeGreaterThan(290);
  expect(p99(beside)).toBe(p99(undisturbed));
});

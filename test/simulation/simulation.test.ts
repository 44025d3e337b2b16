import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Channel } from '../../agent/model/record.ts';
import type { FileFault } from './faulty-files.ts';
import { NodeSimulation, type SimulationOptions } from './node-simulation.ts';
import { BAD, POISON, type StoreFault } from './scripted-store.ts';

/** One step: its name stands in the counterexample. */
interface Step {
  readonly toString: () => string;
  readonly run: (node: NodeSimulation) => void | Promise<void>;
}

function step(name: string, run: Step['run']): Step {
  return { toString: () => name, run };
}

const container = fc.nat({ max: 2 });
const channel = fc.constantFrom<Channel[]>(0, 1);

const printing = fc
  .record({
    n: container,
    channel,
    count: fc.integer({ min: 1, max: 30 }),
    length: fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 20_000 })),
  })
  .map(({ n, channel, count, length }) => {
    const lines = length > 1000 ? 1 : count;
    return step(`print(${n}, ${channel}, ${lines} x ${length})`, (node) => node.print(n, channel, { count: lines, length }));
  });
const printingBad = fc
  .record({ n: container, channel, word: fc.constantFrom(BAD, POISON) })
  .map(({ n, channel, word }) => step(`print(${n}, ${channel}, ${word})`, (node) => node.print(n, channel, { count: 1, length: 9, word })));
const waiting = fc.constantFrom(50, 300, 1000, 5000).map((ms) => step(`wait(${ms})`, (node) => node.wait(ms)));
const rotating = container.map((n) => step(`rotate(${n})`, (node) => node.rotate(n)));
const restarting = container.map((n) => step(`restartContainer(${n})`, (node) => node.restartContainer(n)));
const saving = fc.constant(step('save', (node) => node.save()));
const crashing = fc.constant(step('crash', (node) => node.crash()));
const starting = fc.constant(step('start', (node) => node.start()));

const storeFaults: StoreFault[] = ['refused', 'lost_answer', 'hang', 'busy', 'limited', 'failing', 'unauthorized', 'too_large'];
const failingStore = fc
  .array(fc.constantFrom(...storeFaults), { minLength: 1, maxLength: 6 })
  .map((faults) => step(`store(${faults.join()})`, (node) => node.store.fail(...faults)));
const fileFaults: FileFault[] = ['open_EMFILE', 'open_EACCES', 'open_EIO', 'read_EIO', 'read_short', 'list_EIO', 'stat_EIO'];
const failingFiles = fc
  .array(fc.constantFrom(...fileFaults), { minLength: 1, maxLength: 4 })
  .map((faults) => step(`files(${faults.join()})`, (node) => node.files.fail(...faults)));

const continuing = fc
  .record({ n: container, channel, count: fc.integer({ min: 1, max: 5 }) })
  .map(({ n, channel, count }) => step(`continueRecord(${n}, ${channel}, ${count})`, (node) => node.continueRecord(n, channel, count)));

const printed = [
  { weight: 6, arbitrary: printing },
  { weight: 1, arbitrary: printingBad },
];
const stepsOf = (prints: typeof printed): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      ...prints,
      { weight: 6, arbitrary: waiting },
      { weight: 3, arbitrary: rotating },
      { weight: 1, arbitrary: restarting },
      { weight: 2, arbitrary: saving },
      { weight: 2, arbitrary: crashing },
      { weight: 3, arbitrary: starting },
      { weight: 3, arbitrary: failingStore },
      { weight: 2, arbitrary: failingFiles },
    ),
    { maxLength: 40 },
  );

/** A failure prints its seed and path; `{ seed, path }` here runs it again, step by step the same. */
const RUNS = { numRuns: 1500 };
const FEWER_RUNS = { numRuns: 500 };

/** Lets a node live through any steps; `prepare` may break something that the agent relies on. */
function lives(
  prepare: (node: NodeSimulation) => void = () => undefined,
  { joins = false }: SimulationOptions = {},
): fc.IAsyncPropertyWithHooks<[Step[], number]> {
  const steps = stepsOf(joins ? [...printed, { weight: 8, arbitrary: continuing }] : printed);
  return fc.asyncProperty(steps, fc.nat(), async (steps, seed) => {
    await using node = new NodeSimulation(seed, { joins });
    prepare(node);
    await node.start();
    for (const { run } of steps) {
      await run(node);
      await node.assertInvariants();
    }
    await node.finish();
  });
}

test('I1 I2 I3 I5 I6 I7 I8 I9 whatever fails and whenever it does: all that is printed is stored or accounted for, once and in order', async () => {
  await fc.assert(lives(), RUNS);
}, 300_000);

test('I1 I2 I5 I8 I9 the same holds of records of several lines, which are never cut', async () => {
  await fc.assert(
    lives(() => undefined, { joins: true }),
    FEWER_RUNS,
  );
}, 300_000);

test('I5 what gave up its descriptors while it waited for the store gets no turn once they are those of others', async () => {
  for (let seed = 355_522_325; seed < 355_522_335; seed += 1) {
    await using node = new NodeSimulation(seed);
    await node.start();
    const steps: (() => void | Promise<void>)[] = [
      () => node.rotate(1),
      () => node.store.fail('unauthorized', 'refused'),
      () => node.files.fail('read_short', 'open_EMFILE'),
      () => node.print(2, 0, { count: 1, length: 0 }),
      () => node.restartContainer(0),
      () => node.wait(5000),
    ];
    for (const run of steps) {
      await run();
      await node.assertInvariants();
    }
    await node.finish();
  }
});

describe('the simulation notices', () => {
  test.each([
    ['an acknowledgement before the entries are stored', (node: NodeSimulation) => node.store.forget(), /I5|I1/],
    ['a rotated file that is skipped', (node: NodeSimulation) => node.files.hide(/\.log\.\d{8}-\d{6}$/), /I5/],
  ])(
    '%s',
    async (_, prepare, invariant) => {
      const { failed, errorInstance } = await fc.check(lives(prepare), RUNS);
      expect(failed).toBe(true);
      expect(String(errorInstance)).toMatch(invariant);
    },
    300_000,
  );
});

import { expect, test } from 'vitest';
import { FakeStore } from '../crash/fake-store.ts';
import { crashText } from '../crash/crash-report.ts';
import { CrashRun } from '../crash/crash-run.ts';

const KILLS = 30;
const SEED = Date.now() % 1_000_000;

test(`I1 I2 I5 I8 I9 twenty rotating containers, an agent that is killed ${KILLS} times at random moments (seed ${SEED})`, async () => {
  await using store = await FakeStore.start();
  const report = await CrashRun.run(store, { kills: KILLS, seed: SEED });
  console.log(crashText(report));
  expect(report.findings).toStrictEqual([]);
  // Otherwise nothing was put to the test.
  expect(report.resent).toBeGreaterThan(0);
  expect(report.settledLines).toBeGreaterThan(0);
  expect(report.rotationsWhileDown).toBeGreaterThan(0);
}, 240_000);

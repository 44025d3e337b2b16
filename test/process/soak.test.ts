import { expect, test } from 'vitest';
import { leaksOf, soakText } from '../soak/soak-report.ts';
import { SoakRun } from '../soak/soak-run.ts';

const SEED = Date.now() % 1_000_000;

test(`I2 I5 600 containers come and go beside 200, over rotations and an outage: each line once, nothing is kept (seed ${SEED})`, async () => {
  const report = await SoakRun.run({ minutes: 1.5, sources: 200, brief: 600, jobs: 600, seed: SEED });
  console.log(soakText(report));
  expect(report.findings).toStrictEqual([]);
  expect(leaksOf(report)).toStrictEqual([]);
}, 300_000);

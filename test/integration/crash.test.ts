import { expect, test } from 'vitest';
import { LokiStore } from '../crash/loki-store.ts';
import { crashText } from '../crash/crash-report.ts';
import { CrashRun } from '../crash/crash-run.ts';
import { haveContainerEngine } from '../support/container-engine.ts';
import { LokiContainer } from '../support/loki-container.ts';

const KILLS = 30;
const SEED = Date.now() % 1_000_000;

test.skipIf(!(await haveContainerEngine()))(
  `I2 I5 I8 I9 a real Loki has every line once after ${KILLS} kills of the agent (seed ${SEED})`,
  async () => {
    await using loki = await LokiContainer.start();
    const report = await CrashRun.run(new LokiStore(loki.url, 'crash'), { kills: KILLS, seed: SEED });
    console.log(crashText(report));
    expect(report.findings).toStrictEqual([]);
    // Otherwise nothing was put to the test.
    expect(report.resent).toBeGreaterThan(0);
    expect(report.rotationsWhileDown).toBeGreaterThan(0);
  },
);

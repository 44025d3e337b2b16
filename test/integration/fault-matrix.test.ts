import { afterAll, beforeAll, describe, test } from 'vitest';
import { haveContainerEngine } from '../support/container-engine.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { INCIDENTS, MISTAKES, OUTAGES } from '../support/fault-rows.ts';
import { RealFaultStore } from '../support/fault-store.ts';
import { LokiContainer } from '../support/loki-container.ts';
import { SharedFaultBench } from '../support/shared-fault-bench.ts';

/** The rows of test/process/fault-matrix.test.ts: what is sent again has to be what a real Loki knows again. */
describe.skipIf(!(await haveContainerEngine()))('I1 I2 I5 I6 I9 faults between the built agent and a real Loki', () => {
  let loki: LokiContainer;
  let tenants = 0;
  async function start(): Promise<FaultBench> {
    tenants += 1;
    return FaultBench.start(new RealFaultStore(loki.url, `faults-${tenants}`));
  }
  const shared = new SharedFaultBench(start);
  beforeAll(async () => {
    loki = await LokiContainer.start();
  });
  afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await loki?.[Symbol.asyncDispose]();
  });

  test.for([...OUTAGES, ...INCIDENTS])('$name', (row) => shared.endure(row));

  describe.concurrent('what an operator has to mend', () => {
    test.for(MISTAKES)('$name', async (row) => {
      await using bench = await start();
      await bench.endure(row);
    });
  });
});

import { afterAll, describe, test } from 'vitest';
import { FaultBench } from '../support/fault-bench.ts';
import { INCIDENTS, MISTAKES, OUTAGES } from '../support/fault-rows.ts';
import { FakeFaultStore } from '../support/fault-store.ts';
import { SharedFaultBench } from '../support/shared-fault-bench.ts';

async function start(): Promise<FaultBench> {
  return FaultBench.start(await FakeFaultStore.start());
}

describe('I1 I2 I5 I6 I9 an agent and the faults of its store, one after the other', () => {
  const shared = new SharedFaultBench(start);
  afterAll(() => shared[Symbol.asyncDispose]());

  test.for([...OUTAGES, ...INCIDENTS])('$name', (row) => shared.endure(row));
});

describe.concurrent('I1 I2 I5 I9 what an operator has to mend', () => {
  test.for(MISTAKES)('$name', async (row) => {
    await using bench = await start();
    await bench.endure(row);
  });
});

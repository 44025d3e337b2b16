import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeLoki } from '../support/fake-loki.ts';
import { TestNode } from '../support/test-node.ts';

const ROTATIONS = 3;
const ROUNDS_PER_ROTATION = 60;
const LINES_PER_ROUND = 200;
/** The shortest that a kubelet can be told to leave between two looks at its logs. */
const ROTATION_MS = 3000;

test('I2 I4 I5 three containers under load, rotated as often as a kubelet can: every line once, in order', async () => {
  await using loki = await FakeLoki.start({ deduplicate: false, limits: {} });
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' });
  const containers = ['a', 'b', 'c'].map((container) => node.logs.start({ namespace: 'load', pod: `pod-${container}`, container }));
  await using agent = await node.startAgent();
  let printed = 0;
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    for (let round = 0; round < ROUNDS_PER_ROTATION; round += 1) {
      const lines = Array.from({ length: LINES_PER_ROUND }, (_, n) => `line ${printed + n} ${'z'.repeat(n)}\n`).join('');
      for (const { log } of containers) log.print(lines);
      printed += LINES_PER_ROUND;
      await sleep(ROTATION_MS / ROUNDS_PER_ROTATION);
    }
    for (const { log } of containers) log.rotate();
  }
  await loki.waitFor(() => loki.counts.stored >= 3 * printed);
  expect(await agent.stop()).toBe(0);
  for (const container of ['a', 'b', 'c']) {
    const numbers = loki.entries({ container }).map(({ line }) => Number(line.toString('latin1').split(' ', 2)[1]));
    expect(numbers).toHaveLength(printed);
    expect(numbers.findIndex((number, index) => number !== index)).toBe(-1);
  }
});

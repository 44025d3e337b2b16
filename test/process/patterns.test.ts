import { expect, test } from 'vitest';
import { FakeLoki } from '../support/fake-loki.ts';
import { TestNode } from '../support/test-node.ts';

const LONG = 'a'.repeat(200_000);
const SHORT = 'a'.repeat(2000);
/** Each takes an engine that goes back for ever, or seconds, on lines of nothing but `a`. */
const STAGES = [
  { drop: { expression: '(a*)*b' } },
  { drop: { expression: '(?:a|aa)+[0-9]' } },
  { regex: { expression: '(?P<x>a*)*c', labels_from_groups: true } },
  { redact: { patterns: [{ name: 'digits', expression: '[a-z]*[0-9]' }] } },
  { replace: { expression: '(a*a*)*d', replace: 'x' } },
];

test('patterns that would make another agent stand still hold up no line of the built one', async () => {
  await using loki = await FakeLoki.start();
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' }, { stages: STAGES });
  const container = node.logs.start({ namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' });
  await using agent = await node.startAgent();
  for (const line of [SHORT, LONG, 'plain', 'ab', `${SHORT}1`]) container.log.print(`${line}\n`);
  await loki.waitFor(() => loki.counts.stored >= 3);
  expect(await agent.stop()).toBe(0);
  expect(loki.lines()).toStrictEqual([SHORT, LONG, 'plain']);
});

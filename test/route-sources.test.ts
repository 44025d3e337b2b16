import { describe, expect, test } from 'vitest';
import { buildOutput } from '../agent/build-output.ts';
import { parseConfig } from '../agent/config/load.ts';
import { sourceOfId } from '../agent/discover/log-path.ts';
import { PodLookup } from '../agent/enrich/pod-lookup.ts';
import type { Attribution } from '../agent/model/attribution.ts';
import { Counters } from '../agent/model/counters.ts';
import type { Pod } from '../agent/model/pod.ts';
import { routeSources } from '../agent/route-sources.ts';
import { podLike } from './enrich/some-pods.ts';
import { FakeClock } from './support/fake-clock.ts';

const SOURCE = sourceOfId('shop_cart-7d4b9c-x2x4p_u-1/web/0')!;
const BEFORE = podLike({ labels: { app: 'one', team: 'a', 'pod-template-hash': '7d4b9c' } });
const AFTER = podLike({ labels: { app: 'two', team: 'b' }, controller: null });

/** The stream that stdout of the source goes to, and what is remembered of it. */
function routed(pod: Pod, labels: object, begun?: Attribution): { name: string; attribution: Attribution | null } {
  const document = { labels, outputs: [{ name: 'loki', type: 'loki', url: 'http://127.0.0.1/loki/api/v1/push' }] };
  const parsed = parseConfig('test', JSON.stringify(document), { env: {}, hostname: 'node-1' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { config } = parsed;
  const clock = new FakeClock();
  const output = buildOutput(config.outputs[0]!, null, { version: '0.0.0', clock, onRequest: () => undefined });
  const routes = routeSources(output, new Counters(), { config, pods: new PodLookup({ find: () => pod }, 0, clock) })(SOURCE, begun);
  routes.find();
  return { name: routes.byChannel[0]!.stream.name, attribution: routes.attribution };
}

describe('the attribution of a log', () => {
  test('I9 gives the same stream again, whatever its pod has become', () => {
    const labels = { from_pod_labels: { team: 'team' } };
    const { name, attribution } = routed(BEFORE, labels);
    expect(name).toMatch(/app="one".*team="a", workload="cart"/);
    const again = routed(AFTER, labels, JSON.parse(JSON.stringify(attribution)) as Attribution);
    expect(again).toStrictEqual({ name, attribution });
    expect(routed(AFTER, labels).name).toMatch(/app="two".*team="b"/);
  });

  test('holds under no other configuration of labels', () => {
    const { attribution } = routed(BEFORE, {});
    expect(routed(AFTER, { from_pod_labels: { team: 'team' } }, attribution!).name).toMatch(/app="two".*team="b"/);
  });

  test('I3 remembers of a pod only what labels are made of', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`label-${n}`, 'x']));
    const { attribution } = routed(podLike({ labels: { ...many, app: 'one' }, annotations: many }), {});
    expect(attribution?.pod).toMatchObject({ labels: { app: 'one' }, annotations: {} });
  });
});

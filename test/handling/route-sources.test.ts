import { describe, expect, test } from 'vitest';
import { buildOutput } from '../../agent/assembly/build-output.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { PodLookup } from '../../agent/enrich/pod-lookup.ts';
import type { Attribution } from '../../agent/model/attribution.ts';
import { STDERR, STDOUT, type Channel } from '../../agent/model/record.ts';
import type { LokiRoute } from '../../agent/outputs/loki/encode-push.ts';
import type { SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { Counters } from '../../agent/model/counters.ts';
import type { StreamIdentity } from '../../agent/model/labels.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { Routing } from '../../agent/handling/routing.ts';
import { routeSources } from '../../agent/handling/route-sources.ts';
import { podLike } from '../enrich/some-pods.ts';
import { viewOf } from '../stages/entry.ts';
import { FakeClock } from '../support/fake-clock.ts';

const SOURCE = sourceOfId('shop_cart-7d4b9c-x2x4p_u-1/web/0')!;
const BEFORE = podLike({ labels: { app: 'one', team: 'a', 'pod-template-hash': '7d4b9c' } });
const AFTER = podLike({ labels: { app: 'two', team: 'b' }, controller: null });

/** How the source is handled with these keys of a configuration. `asked`: takes the tenants that its entries were to be given. */
function handled(pod: Pod, keys: object, begun?: Attribution, asked: (string | null)[] = []): SourceRoutes<LokiRoute> {
  const document = { ...keys, outputs: [{ name: 'loki', type: 'loki', url: 'http://127.0.0.1/loki/api/v1/push' }] };
  const parsed = parseConfig('test', JSON.stringify(document), { env: {}, hostname: 'node-1' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { config } = parsed;
  const clock = new FakeClock();
  const output = buildOutput(config.outputs[0]!, null, { version: '0.0.0', clock, onRequest: () => undefined });
  const streams = {
    tenantFor: (tenant: string | null) => {
      asked.push(tenant);
      return null;
    },
    route: (_: string | null, identity: StreamIdentity) => output.route(identity),
  };
  const routes = routeSources({ name: 'loki', streams, routing: new Routing([]) }, new Counters(), {
    config,
    clock,
    pods: new PodLookup({ find: () => pod }, 0, clock),
  })(SOURCE, begun);
  routes.find();
  return routes;
}

/** The stream that stdout of the source goes to, and what is remembered of it. */
function routed(pod: Pod, labels: object, begun?: Attribution): { name: string; attribution: Attribution | null } {
  const routes = handled(pod, { labels }, begun);
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

/** What a line is shipped as. */
function lineOf(routes: SourceRoutes<LokiRoute>, text: string, channel: Channel = STDOUT): string {
  const view = viewOf(Buffer.from(text));
  view.channel = channel;
  const route = routes.processing?.apply(view);
  if (route === null) return 'filtered';
  if (route !== undefined) expect(route).toBe(routes.byChannel[channel]);
  const shipped = view.buffer.toString('latin1', view.start, view.end);
  return [shipped, ...(view.metadata ?? []).map((pair) => pair.join('='))].join(' ');
}

describe('what the owner of a pod says of its lines', () => {
  const ANNOTATIONS = { 'fluentbit.io/parser_stderr': 'json', 'logs.grafana.com/drop-debug': 'true', 'logferry.io/redact': 'email' };
  const OWNED = podLike({ annotations: ANNOTATIONS });

  test('is done, before what is configured', () => {
    const routes = handled(OWNED, { stages: [{ redact: { shapes: ['ipv4'] } }, { level: {} }] });
    expect(lineOf(routes, '{"level":"debug"}')).toBe('filtered');
    expect(lineOf(routes, 'bob@example.com at 10.0.0.1 level=info', STDERR)).toBe(
      '[redacted:email] at [redacted:ipv4] level=info detected_level=info',
    );
  });

  test('is colours and all but a share of the lines, for which the same lines are chosen each time', () => {
    const annotations = { 'logs.grafana.com/decolorize': 'true', 'logferry.io/sample.web': '0.5' };
    const shipped = (): string[] => {
      const routes = handled(podLike({ annotations }), {});
      return Array.from({ length: 200 }, (_, n) => lineOf(routes, `\x1b[31mline ${n}\x1b[0m`));
    };
    const kept = shipped().filter((text) => text !== 'filtered');
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.length).toBeLessThan(150);
    expect(kept.every((text) => /^line \d+$/.test(text))).toBe(true);
    expect(shipped().filter((text) => text !== 'filtered')).toStrictEqual(kept);
  });

  test('is masks, of what only looks like a number of a person too', () => {
    const annotations = {
      'logs.grafana.com/mask-ssn': 'true',
      'logs.grafana.com/mask-phone': 'true',
      'logs.grafana.com/mask-email': 'true',
    };
    const routes = handled(podLike({ annotations }), {});
    expect(lineOf(routes, 'bob@example.com, 078-05-1120, (555) 010-9999')).toBe('[redacted:email], [redacted:ssn], [redacted:phone]');
    expect(lineOf(routes, 'order 12, at 10:00')).toBe('order 12, at 10:00');
  });

  test.each([
    [false, [null]],
    [true, [null, 'team-a']],
  ])('names his tenant where he may choose one: %s', (tenant, asked) => {
    const tenants: (string | null)[] = [];
    const pod = podLike({ annotations: { 'logs.grafana.com/tenant': 'team-a' } });
    const routes = handled(pod, { kubernetes: { annotations: { tenant } } }, undefined, tenants);
    expect(lineOf(routes, 'hello')).toBe('hello');
    expect(tenants).toStrictEqual(asked);
  });

  test('I9 is done again after a restart, whatever the pod has become', () => {
    const { attribution } = handled(OWNED, {});
    expect(attribution?.pod?.annotations).toStrictEqual(ANNOTATIONS);
    const again = handled(podLike(), {}, JSON.parse(JSON.stringify(attribution)) as Attribution);
    expect([lineOf(again, 'level=debug'), lineOf(again, 'bob@example.com')]).toStrictEqual(['filtered', '[redacted:email]']);
  });

  test('is not done where that is switched off', () => {
    const off = { kubernetes: { annotations: { grafana: false, logferry: false, fluent_bit: false } } };
    expect(handled(OWNED, off).processing).toBeNull();
    const { attribution } = handled(OWNED, {});
    expect(handled(OWNED, off, attribution!).processing).toBeNull();
  });

  test('a pod that says nothing costs nothing', () => expect(handled(podLike(), {}).processing).toBeNull());
});

test('a selector means a log by the same labels when one of them has become metadata', () => {
  const stages = [{ match: { selector: '{app="one", stream="stdout"} |= "bob"', stages: [{ redact: { shapes: ['email'] } }] } }];
  const { attribution } = handled(BEFORE, { stages });
  const routes = handled(BEFORE, { stages }, { ...attribution!, demoted: ['app'] });
  expect(routes.byChannel[STDOUT]!.stream.name).not.toContain('app=');
  expect([lineOf(routes, 'bob@example.com'), lineOf(routes, 'bob@example.com', STDERR)]).toStrictEqual([
    '[redacted:email]',
    'bob@example.com',
  ]);
});

/** Joins the lines of what a selector means. */
function inMatch(selector: string, seconds: number): object {
  return { match: { selector, stages: [{ multiline: { rules: ['java'], max_wait_seconds: seconds } }, { level: {} }] } };
}

describe('how lines are joined', () => {
  const TRACES = { stages: [{ multiline: { rules: ['java'], max_wait_seconds: 7 } }] };
  const OWNED = podLike({ annotations: { 'co.elastic.logs/multiline.pattern': '^\\s', 'other/annotation': 'x' } });
  const FILEBEAT = { maxWaitSeconds: 5, maxLines: 500 };

  test('is what is configured, of both channels', () => {
    const [out, err] = handled(podLike(), TRACES).multiline;
    expect(out).toMatchObject({ maxWaitSeconds: 7, maxLines: 128 });
    expect(err).toBe(out);
    expect(handled(podLike(), TRACES).processing).toBeNull();
  });

  test('is for the logs that a selector means, the first that does', () => {
    const stages = [inMatch('{app="two"}', 5), inMatch('{app="one", stream="stderr"}', 6), inMatch('{app=~"one|two"}', 7)];
    const { multiline } = handled(BEFORE, { stages });
    expect(multiline.map((joining) => joining?.maxWaitSeconds)).toStrictEqual([7, 6]);
    expect(handled(BEFORE, { stages: stages.slice(0, 2) }).multiline[STDOUT]).toBeNull();
  });

  test('is not at all where nobody says', () => expect(handled(podLike(), {}).multiline).toStrictEqual([null, null]));

  test('I9 is what the owner of the pod says, also after a restart, whatever the pod has become', () => {
    const { multiline, attribution } = handled(OWNED, TRACES);
    expect(multiline[0]).toMatchObject(FILEBEAT);
    expect(Object.keys(attribution?.pod?.annotations ?? {})).toStrictEqual(['co.elastic.logs/multiline.pattern']);
    expect(handled(podLike(), TRACES, JSON.parse(JSON.stringify(attribution)) as Attribution).multiline[0]).toMatchObject(FILEBEAT);
  });

  test('is not what he says in words that are switched off', () => {
    const off = { ...TRACES, kubernetes: { annotations: { elastic: false } } };
    expect(handled(OWNED, off).multiline[0]).toMatchObject({ maxWaitSeconds: 7 });
  });
});

import { describe, expect, test } from 'vitest';
import { ConfiguredStages } from './configured-stages.ts';

const LABELS = { namespace: 'shop', app: 'cart', container: 'app', stream: 'stdout', pod: 'cart-7d4' };

/** What is said of a line beside its text, in order. */
function said(stages: string, line = ''): string[] {
  const [, ...rest] = new ConfiguredStages(`stages: ${stages}`, LABELS).describe(line).split('\n');
  return rest.map((text) => text.trim());
}

describe('labels', () => {
  test.each([
    // Of Promtail's tests (clients/pkg/logentry/stages/labels_test.go).
    ['{ level: , app: , unknown: }', '{"level":"WARN","app":"loki"}', ['{level="WARN"}', '{app="loki"}']],
    ['{ app_rename: app }', '{"app":"loki"}', ['{app_rename="loki"}']],
    ['{ lvl: level, severity: level }', '{"level":7}', ['{lvl="7"}', '{severity="7"}']],
    ['{ app: , level: }', '{"app":null,"level":{"a":[1]}}', ['{level="{"a":[1]}"}']],
    ['{ app: }', '{"app":""}', ['{app=""}']],
    ['{ app: }', 'no JSON', []],
  ])('%s of %s', (labels, line, want) => {
    const stages = `[{ json: { expressions: { level: , app: } } }, { labels: ${labels} }]`;
    expect(said(stages, line)).toStrictEqual(want);
  });

  test('what is extracted begins with the labels of the source', () => {
    expect(said('[{ labels: { name: app, again: name } }]')).toStrictEqual(['{name="cart"}']);
  });
});

describe('labeldrop, labelallow, static_labels', () => {
  test.each([
    ['[{ labeldrop: [app, pod, none] }]', ['{app}', '{pod}']],
    ['[{ labelallow: [namespace, app, none] }]', ['{container}', '{stream}', '{pod}']],
    ['[{ static_labels: { team: a, app: b } }]', ['{team="a"}', '{app="b"}']],
    [
      '[{ static_labels: { team: a } }, { labelallow: [team] }]',
      ['{team="a"}', '{namespace}', '{app}', '{container}', '{stream}', '{pod}'],
    ],
    ['[{ static_labels: { team: a, x: y } }, { labelallow: [namespace, app, container, stream, pod, team] }]', ['{team="a"}']],
    ['[{ labelallow: [app] }, { static_labels: { namespace: again } }]', ['{namespace="again"}', '{container}', '{stream}', '{pod}']],
  ])('%s', (stages, want) => expect(said(stages)).toStrictEqual(want));
});

function fromJson(metadata: string): string {
  return `[{ json: { expressions: { app: , component: } } }, { structured_metadata: ${metadata} }]`;
}

describe('structured_metadata', () => {
  test.each([
    // Of Promtail's tests (clients/pkg/logentry/stages/structuredmetadata_test.go).
    [
      '[{ logfmt: { mapping: { component: } } }, { structured_metadata: { component: } }]',
      'app=loki component=ingester',
      ['component=ingester'],
    ],
    [fromJson('{ component: }'), '{"app":"loki" ,"component":"ingester"}', ['component=ingester']],
    [
      `[{ json: { expressions: { a: , c: } } }, { structured_metadata: { a: } }, { labels: { c: } }]`,
      '{"a":"loki","c":"x"}',
      ['a=loki', '{c="x"}'],
    ],
    // A label is said, and taken away.
    ['[{ structured_metadata: { pod: , part: container } }]', '', ['pod=cart-7d4', 'part=app', '{pod}', '{container}']],
    // Promtail says both, under one name.
    [fromJson('{ app: }'), '{"app":"loki"}', ['app=loki', '{app}']],
    [fromJson('{ app: }'), '{"app":null}', ['app=cart', '{app}']],
    [fromJson('{ component: }'), '{"component":""}', []],
    [fromJson('{ component: }'), '{"component":"a\\nb"}', ['component=a', 'b']],
  ])('%s of %s', (stages, line, want) => expect(said(stages, line)).toStrictEqual(want));
});

test('structured_metadata says no more than a store takes', () => {
  const line = JSON.stringify({ app: 'x'.repeat(32_765), component: 'y' });
  expect(said(fromJson('{ app: , component: }'), line)).toStrictEqual([`app=${'x'.repeat(32_765)}`, '{app}']);
  expect(said(fromJson('{ app: , component: }'), line.replace('x', 'é'))).toStrictEqual(['component=y', '{app}']);
});

describe('tenant', () => {
  test.each([
    // Of Promtail's tests (clients/pkg/logentry/stages/tenant_test.go).
    ['[{ json: { expressions: { customer_id: } } }, { tenant: { source: customer_id } }]', '{"customer_id":1}', ['tenant: 1']],
    ['[{ json: { expressions: { customer_id: } } }, { tenant: { source: customer_id } }]', '{"customer_id":null}', []],
    ['[{ tenant: { source: customer_id } }]', '{"customer_id":1}', []],
    ['[{ tenant: { value: team-a } }]', '', ['tenant: team-a']],
    ['[{ tenant: { label: namespace } }]', '', ['tenant: shop']],
    ['[{ tenant: { label: none } }]', '', []],
    ['[{ tenant: { value: a } }, { tenant: { source: none } }]', '', ['tenant: a']],
    ['[{ tenant: { value: a } }, { tenant: { value: b } }]', '', ['tenant: b']],
    ['[{ labeldrop: [namespace] }, { tenant: { label: namespace } }]', '', ['{namespace}']],
  ])('%s of %s', (stages, line, want) => expect(said(stages, line)).toStrictEqual(want));
});

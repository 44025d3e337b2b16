import { describe, expect, test } from 'vitest';
import { ownerExclusion, unreadable } from '../../agent/enrich/owner-exclusion.ts';
import { CONVENTIONS, type Convention } from '../../agent/model/exclusion.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { podLike } from './some-pods.ts';

type Texts = Readonly<Record<string, string>>;

/** In whose words stdout and stderr of the container `web` are left out. */
function saidOf(
  annotations: Texts,
  conventions: readonly Convention[] = CONVENTIONS,
  labels: Texts = {},
): [Convention | null, Convention | null] {
  const pod = podLike({ annotations, labels });
  const of = (channel: 0 | 1): Convention | null => ownerExclusion(pod, { container: 'web', channel }, conventions);
  return [of(STDOUT), of(STDERR)];
}

const BOTH = (convention: Convention): [Convention, Convention] => [convention, convention];
const NEITHER = [null, null];

describe('an owner leaves out', () => {
  test.each<[Texts, (Convention | null)[]]>([
    [{ 'logferry.io/exclude': 'true' }, BOTH('logferry')],
    [{ 'logferry.io/exclude': 'stdout' }, ['logferry', null]],
    [{ 'logferry.io/exclude.web': 'stderr' }, [null, 'logferry']],
    [{ 'logferry.io/exclude.other': 'true' }, NEITHER],
    [{ 'logferry.io/exclude': 'true', 'logferry.io/exclude.web': 'false' }, NEITHER],
    [{ 'logferry.io/exclude': 'false', 'logferry.io/exclude.web': 'true' }, BOTH('logferry')],
    [{ 'fluentbit.io/exclude': 'true' }, BOTH('fluent_bit')],
    [{ 'fluentbit.io/exclude': 'On' }, BOTH('fluent_bit')],
    [{ 'fluentbit.io/exclude': 'false' }, NEITHER],
    [{ 'fluentbit.io/exclude_stderr': 'true' }, [null, 'fluent_bit']],
    [{ 'fluentbit.io/exclude-web': 'true' }, BOTH('fluent_bit')],
    [{ 'fluentbit.io/exclude-other': 'true' }, NEITHER],
    [{ 'fluentbit.io/exclude_stdout-web': 'true' }, ['fluent_bit', null]],
    [{ 'fluentbit.io/exclude': 'true', 'fluentbit.io/exclude_stdout-web': 'false' }, [null, 'fluent_bit']],
    [{ 'vector.dev/exclude-containers': 'other, web' }, BOTH('vector')],
    [{ 'vector.dev/exclude-containers': 'webs' }, NEITHER],
    [{ 'vector.dev/exclude': 'true' }, NEITHER],
    [{ 'co.elastic.logs/enabled': 'false' }, BOTH('elastic')],
    [{ 'co.elastic.logs/enabled': 'true' }, NEITHER],
    [{ 'co.elastic.logs/enabled': 'false', 'co.elastic.logs.web/enabled': 'true' }, NEITHER],
    [{ 'co.elastic.logs.other/enabled': 'false' }, NEITHER],
    [{ 'logs.grafana.com/ingest': 'false' }, BOTH('grafana')],
    [{ 'logs.grafana.com/ingest': 'true' }, NEITHER],
    [{ 'prometheus.io/scrape': 'false' }, NEITHER],
  ])('by %j: %j', (annotations, expected) => expect(saidOf(annotations)).toStrictEqual(expected));

  test("by Vector's label", () => {
    expect(saidOf({}, CONVENTIONS, { 'vector.dev/exclude': 'true' })).toStrictEqual(BOTH('vector'));
    expect(saidOf({}, CONVENTIONS, { 'vector.dev/exclude': 'false' })).toStrictEqual(NEITHER);
  });

  test('nothing that our own words say is collected, whatever the others say', () => {
    const others = { 'fluentbit.io/exclude': 'true', 'co.elastic.logs/enabled': 'false' };
    expect(saidOf({ ...others, 'logferry.io/exclude': 'false' })).toStrictEqual(NEITHER);
    expect(saidOf({ ...others, 'logferry.io/exclude': 'stdout' })).toStrictEqual(['logferry', null]);
  });

  test('nothing in words that are switched off', () => {
    const annotations = { 'fluentbit.io/exclude': 'true', 'logferry.io/exclude': 'false' };
    expect(saidOf(annotations, ['vector'])).toStrictEqual(NEITHER);
    expect(saidOf(annotations, ['fluent_bit'])).toStrictEqual(BOTH('fluent_bit'));
    expect(saidOf({}, ['fluent_bit'], { 'vector.dev/exclude': 'true' })).toStrictEqual(NEITHER);
  });
});

describe('what nobody understands', () => {
  const ANNOTATIONS = { 'logferry.io/exclude.web': 'maybe', 'logferry.io/exclude': 'true', 'logs.grafana.com/ingest': '' };

  test('is named, and what stands behind it holds', () => {
    const pod = podLike({ annotations: ANNOTATIONS });
    expect(unreadable(pod, 'web', CONVENTIONS)).toStrictEqual(['logferry.io/exclude.web', 'logs.grafana.com/ingest']);
    expect(unreadable(pod, 'other', CONVENTIONS)).toStrictEqual(['logs.grafana.com/ingest']);
    expect(unreadable(pod, 'other', ['logferry'])).toStrictEqual([]);
    expect(saidOf(ANNOTATIONS)).toStrictEqual(BOTH('logferry'));
  });
});

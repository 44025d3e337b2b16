import { expect, test } from 'vitest';
import { ownerMultiline } from '../../agent/enrich/owner-multiline.ts';
import { CONVENTIONS, type Convention } from '../../agent/model/exclusion.ts';
import type { OwnerMultiline } from '../../agent/model/owner-multiline.ts';
import { podLike } from './some-pods.ts';

type Texts = Readonly<Record<string, string>>;

function saidOf(annotations: Texts, conventions: readonly Convention[] = CONVENTIONS): ReturnType<typeof ownerMultiline> {
  return ownerMultiline(podLike({ annotations }), 'web', { conventions, isPattern: (text) => !text.includes('(') });
}

const OWN = { maxWaitSeconds: 3, maxLines: 128 };
const FILEBEAT = { maxWaitSeconds: 5, maxLines: 500 };

test.each<[Texts, OwnerMultiline | null]>([
  [{}, null],
  [{ 'logferry.io/multiline': 'java' }, { lines: { languages: ['java'] }, ...OWN }],
  [{ 'logferry.io/multiline': 'node, go' }, { lines: { languages: ['go', 'node'] }, ...OWN }],
  [{ 'logferry.io/multiline': '^\\d{4}-' }, { lines: { pattern: '^\\d{4}-', negate: true, match: 'after' }, ...OWN }],
  [
    { 'logferry.io/multiline': 'java', 'logferry.io/multiline.web': 'go' },
    { lines: { languages: ['go'] }, ...OWN },
  ],
  [{ 'logferry.io/multiline.other': 'go' }, null],
  [{ 'co.elastic.logs/multiline.pattern': '^\\s' }, { lines: { pattern: '^\\s', negate: false, match: 'after' }, ...FILEBEAT }],
  [
    {
      'co.elastic.logs.web/multiline.pattern': '^\\[',
      'co.elastic.logs/multiline.pattern': '^x',
      'co.elastic.logs/multiline.negate': 'true',
      'co.elastic.logs/multiline.match': 'before',
      'co.elastic.logs/multiline.max_lines': '7',
      'co.elastic.logs/multiline.timeout': '1m',
    },
    { lines: { pattern: '^\\[', negate: true, match: 'before' }, maxWaitSeconds: 60, maxLines: 7 },
  ],
  [{ 'co.elastic.logs/multiline.negate': 'true' }, null],
  [
    { 'logferry.io/multiline': 'go', 'co.elastic.logs/multiline.pattern': '^x' },
    { lines: { languages: ['go'] }, ...OWN },
  ],
])('the owner of a pod says in %j how lines are joined', (annotations, want) => {
  expect(saidOf(annotations)).toMatchObject({ multiline: want, faulty: [] });
});

test.each([
  [{ 'logferry.io/multiline': 'jave' }],
  [{ 'logferry.io/multiline': 'java,' }],
  [{ 'logferry.io/multiline': '^(' }],
  [{ 'logferry.io/multiline': `^${'x'.repeat(1024)}` }],
  [{ 'co.elastic.logs/multiline.pattern': '(' }],
  [{ 'co.elastic.logs/multiline.type': 'count' }],
  [{ 'co.elastic.logs/multiline.timeout': '2m' }],
  [{ 'co.elastic.logs/multiline.max_lines': '0' }],
])('what makes no sense has no effect: %j', (annotations) => {
  expect(saidOf(annotations)).toStrictEqual({ multiline: null, annotations: {}, faulty: Object.keys(annotations) });
});

test('what is said in words that are not heeded has no effect', () => {
  const annotations = { 'logferry.io/multiline': 'go', 'co.elastic.logs/multiline.pattern': '^x' };
  expect(saidOf(annotations, ['elastic'])).toMatchObject({ multiline: { lines: { pattern: '^x' } } });
  expect(saidOf(annotations, []).multiline).toBe(null);
});

test('annotations that it is made of say the same again', () => {
  const annotations = { 'co.elastic.logs/multiline.pattern': '^x', 'co.elastic.logs/multiline.negate': 'true', 'other/annotation': 'x' };
  const said = saidOf(annotations);
  expect(Object.keys(said.annotations)).toEqual(['co.elastic.logs/multiline.pattern', 'co.elastic.logs/multiline.negate']);
  expect(saidOf(said.annotations)).toEqual(said);
});

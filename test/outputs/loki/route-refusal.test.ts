import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../agent/model/labels.ts';
import type { Metadata } from '../../../agent/model/record.ts';
import { routeRefusal } from '../../../agent/outputs/loki/route-refusal.ts';

function labels(count: number, more: Labels = {}): Labels {
  return { ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, 'v'])), ...more };
}

describe(routeRefusal, () => {
  test.each<[string, Labels, 'bad_labels' | null]>([
    ['no label', {}, null],
    ['15 labels and a service_name', labels(15, { service_name: 's' }), null],
    ['16 labels, one of them empty, which Loki leaves out', labels(15, { empty: '' }), null],
    ['16 labels', labels(16), 'bad_labels'],
    ['a name of 1024 bytes', { ['n'.repeat(1024)]: 'v' }, null],
    ['a name of 1025 bytes', { ['n'.repeat(1025)]: 'v' }, 'bad_labels'],
    ['a value of 2048 bytes', { n: 'é'.repeat(1024) }, null],
    ['a value of 2050 bytes', { n: 'é'.repeat(1025) }, 'bad_labels'],
  ])('%s', (_, labels, reason) => {
    expect(routeRefusal({ labels, metadata: [] })).toBe(reason);
  });

  test.each<[string, Metadata, 'bad_metadata' | null]>([
    ['a plain name', [['pod', '']], null],
    ['a name that Loki rewrites', [['日本-1', 'v']], null],
    ['an empty name', [['', 'v']], 'bad_metadata'],
    ['nothing that Loki keeps', [['pod', 'p'] as const, ['日本', 'v'] as const], 'bad_metadata'],
    ['underscores alone', [['__', 'v']], 'bad_metadata'],
    ['128 pairs', Array.from({ length: 128 }, (_, n) => [`n${n}`, 'v'] as const), null],
    ['129 pairs', Array.from({ length: 129 }, (_, n) => [`n${n}`, 'v'] as const), 'bad_metadata'],
    ['64 KB', [['n', 'v'.repeat(65_535)]], null],
    ['more than 64 KB', [['n', 'v'.repeat(65_536)]], 'bad_metadata'],
  ])('%s', (_, metadata, reason) => {
    expect(routeRefusal({ labels: {}, metadata })).toBe(reason);
  });
});

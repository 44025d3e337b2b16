import { describe, expect, test } from 'vitest';
import { DropStage } from '../../agent/process/drop-stage.ts';
import { ConfiguredStages } from './configured-stages.ts';

type Values = Readonly<Record<string, string | null>>;

function drops(options: object, line: string, values: Values = {}): boolean {
  return !new ConfiguredStages(`stages: ${JSON.stringify([{ drop: options }])}`).extract(line, values).goesOn;
}

const HOUR = 3600;
const NOON = 1_714_564_800;

// The cases of Promtail's clients/pkg/logentry/stages/drop_test.go.
describe(DropStage, () => {
  test.each<[string, object, string, Values, boolean]>([
    ['Longer Than Should Drop', { longer_than: '10b' }, '12345678901', {}, true],
    ['Longer Than Should Not Drop When Equal', { longer_than: '10b' }, '1234567890', {}, false],
    ['Longer Than Should Not Drop When Less', { longer_than: '10b' }, '123456789', {}, false],
    ['Matched Source', { source: 'key' }, '', { key: '' }, true],
    ['Matched Source (Tuple)', { source: ['key1', 'key2'] }, '', { key1: '', key2: '' }, true],
    ['Did not match Source', { source: 'key1' }, '', { key: 'val1' }, false],
    ['Did not match Source (Tuple)', { source: ['key1', 'key2'] }, '', { key1: 'val1' }, false],
    ['Matched Source and Value', { source: 'key', value: 'val1' }, '', { key: 'val1' }, true],
    ['Matched Source(int) and Value', { source: 'level', value: '50' }, '', { level: '50' }, true],
    ['Matched Source and Value (Tuple)', { source: ['key1', 'key2'], value: 'val1;val2' }, '', { key1: 'val1', key2: 'val2' }, true],
    [
      'Matched Source and Value (Tuple with Separator)',
      { source: ['key1', 'key2'], value: 'val1#val2', separator: '#' },
      '',
      { key1: 'val1', key2: 'val2' },
      true,
    ],
    ['Did not match Value', { source: 'key', value: 'val1' }, '', { key: 'VALRUE1' }, false],
    ['Matched Source and Regex', { source: 'key', expression: '.*val.*' }, '', { key: 'val1' }, true],
    [
      'Matched Source and Regex (Tuple)',
      { source: ['k1', 'k2'], expression: 'val\\d{1};val\\d{3}$' },
      '',
      { k1: 'val1', k2: 'val200' },
      true,
    ],
    ['Did not match Regex', { source: 'key', expression: '.*val.*' }, '', { key: 'pal1' }, false],
    ['Did not match Source and Regex', { source: 'key1', expression: '.*val.*' }, '', { key: 'pal1' }, false],
    ['Matched Regex on the line', { expression: '\\d+ms' }, 'took 12ms', {}, true],
    ['Matched text on the line', { expression: 'healthz' }, 'GET /healthz', {}, true],
    ['Did not match text on the line', { expression: 'healthz' }, 'GET /cart', {}, false],
    ['Match Source and Length Both Match', { source: 'key', longer_than: '10b' }, '12345678901', { key: 'x' }, true],
    ['Match Source and Length Only First Matches', { source: 'key', longer_than: '10b' }, '123456789', { key: 'x' }, false],
    ['Match Source and Length Only Second Matches', { source: 'key', longer_than: '10b' }, '123456789012', {}, false],
    ['Everything Must Match', { source: 'key', expression: '.*val.*', longer_than: '10b' }, '12345678901', { key: 'val1' }, true],
    ['everything but the text', { expression: 'x', longer_than: 1 }, 'abc', {}, false],
  ])('%s', (...[, options, line, values, want]) => expect(drops(options, line, values)).toBe(want));

  test.each<[string, number, string]>([
    ['Older Than Should Drop', NOON - 25 * HOUR, 'out: (dropped)'],
    ['Older Than Should Not Drop', NOON - 23 * HOUR, 'out: x'],
  ])('%s', (_name, seconds, want) => {
    expect(new ConfiguredStages('stages: [{ drop: { older_than: 24h } }]').describe('x', seconds)).toBe(want);
  });

  test.each<[string | number, number]>([
    ['8KB', 8192],
    ['1kib', 1024],
    ['2M', 2_097_152],
    [300, 300],
  ])('longer_than: %s is %d bytes', (size, bytes) => {
    expect(drops({ longer_than: size }, 'x'.repeat(bytes))).toBe(false);
    expect(drops({ longer_than: size }, 'x'.repeat(bytes + 1))).toBe(true);
  });
});

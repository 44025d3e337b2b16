import { describe, expect, test } from 'vitest';
import type { PushedStream } from '../../../agent/outputs/loki/decode-push.ts';
import { guiltyEntries, refusedEntries } from '../../../agent/outputs/loki/guilty-entries.ts';
import { entry, named, stream } from './pushed-streams.ts';

/** The texts are those of Loki 3.7.8, at 2026-11-24T23:50:39. */
const NOW = '2026-11-24T23:50:38';
const OLD = '2026-11-16T23:50:38';
const AHEAD = '2026-11-25T00:02:18';
const TOO_OLD =
  `entry for stream '{a="b", service_name="unknown_service"}' has timestamp too old: 2026-11-16T23:50:38Z, ` +
  'oldest acceptable timestamp is: 2026-11-17T23:50:39Z';
const TOO_NEW = `entry for stream '{a="b", service_name="unknown_service"}' has timestamp too new: 2026-11-25T00:02:18Z`;

/** Index and reason of the guilty; null when they are not known. */
function guilty(text: string, ...streams: PushedStream[]): string[] | null {
  return guiltyEntries(text, streams)?.map(({ index, reason }) => `${index} ${reason}`) ?? null;
}

function refused(text: string, ...streams: PushedStream[]): string[] | null {
  return refusedEntries(text, streams)?.map(({ index, reason }) => `${index} ${reason}`) ?? null;
}

describe(guiltyEntries, () => {
  test('one entry, with the words of Loki', () => {
    expect(guiltyEntries(`${TOO_OLD}\n`, [stream('{a="b"}', entry(NOW), entry(OLD))])).toStrictEqual([
      { index: 1, reason: 'too_old', detail: TOO_OLD },
    ]);
  });

  test('several problems, counted, of a stream whose labels Loki sorts', () => {
    const text =
      `2 errors like: entry for stream '{a="y", b="x", service_name="unknown_service"}' has timestamp too old: 2026-11-16T23:50:38Z, oldest acceptable timestamp is: 2026-11-17T23:50:39Z; ` +
      `1 errors like: entry for stream '{a="y", b="x", service_name="unknown_service"}' has timestamp too new: 2026-11-25T00:02:18Z\n`;
    const request = stream('{b="x", a="y"}', entry(OLD), entry(OLD), entry(AHEAD), entry(NOW));
    expect(guilty(text, request)).toStrictEqual(['0 too_old', '1 too_old', '2 too_far_in_future']);
  });

  test('sizes: the line, the metadata, their number', () => {
    const text =
      `1 errors like: max entry size '262144' bytes exceeded for stream '{a="m", service_name="unknown_service"}' while adding an entry with length '262145' bytes; ` +
      `1 errors like: stream '{a="m", service_name="unknown_service"}' has structured metadata too large: '65537' bytes, limit: '65536' bytes. Please see \`limits_config.max_structured_metadata_size\` or contact your Loki administrator to increase it; ` +
      `1 errors like: stream '{a="m", service_name="unknown_service"}' has too many structured metadata labels: '129', limit: '128'. Please see \`limits_config.max_structured_metadata_entries_count\` or contact your Loki administrator to increase it\n`;
    const request = stream(
      '{a="m"}',
      entry(NOW, 0, { line: 'x'.repeat(262_145) }),
      entry(NOW, 1, { metadata: { k: 'v'.repeat(65_536) } }),
      entry(NOW, 2, { metadata: named(129) }),
      entry(NOW, 3, { metadata: { k: 'v'.repeat(65_535), detected_level: 'info' } }),
    );
    expect(guilty(text, request)).toStrictEqual(['0 line_too_long', '1 bad_metadata', '2 bad_metadata']);
  });

  test('metadata where it is not allowed', () => {
    const text =
      `stream '{a="1", service_name="unknown_service"}' includes structured metadata, but this feature is disallowed. ` +
      'Please see `limits_config.allow_structured_metadata` or contact your Loki administrator to enable it\n';
    expect(guilty(text, stream('{a="1"}', entry(NOW, 0, { metadata: { a: '1' } }), entry(NOW, 1)))).toStrictEqual(['0 bad_metadata']);
  });

  test('a value of a label that looks like the end of a sentence', () => {
    const text =
      String.raw`entry for stream '{a="it's; 1 errors like: \n \u00a0 é \"q\" \x7f", service_name="unknown_service"}' has timestamp too new: 2026-11-25T00:02:18Z` +
      '\n';
    const labels = `{a=${JSON.stringify('it\'s; 1 errors like: \n \u00a0 é "q" \u007f')}}`;
    expect(guilty(text, stream(labels, entry(AHEAD), entry(NOW)))).toStrictEqual(['0 too_far_in_future']);
  });

  test('labels are the fault of all entries of their stream', () => {
    const text =
      `1 errors like: entry for stream '{a="1", b="1", c="1", d="1", service_name="unknown_service"}' has 4 label names; limit 3; ` +
      `1 errors like: stream '{abcdefghijkl="1", service_name="unknown_service"}' has label name too long: 'abcdefghijkl'; ` +
      `1 errors like: stream '{a="12345678901", service_name="unknown_service"}' has label value too long: '12345678901'; ` +
      `1 errors like: stream '{a="1", a="2", service_name="unknown_service"}' has duplicate label name: 'a'\n`;
    const request = [
      stream('{a="1", b="1", c="1", d="1"}', entry(NOW), entry(NOW, 1)),
      stream('{abcdefghijkl="1"}', entry(NOW)),
      stream('{a="12345678901"}', entry(OLD), entry(NOW, 1)),
      stream('{a="1", a="2"}', entry(NOW)),
    ];
    expect(guilty(text, ...request)).toStrictEqual(Array.from({ length: 6 }, (_, index) => `${index} bad_labels`));
    const enforced = `missing required labels 'team' for user 'enforced' for stream '{app="x", service_name="x"}' (policy: '')\n`;
    expect(guilty(enforced, stream('{app="x"}', entry(NOW), entry(NOW, 1)))).toStrictEqual(['0 bad_labels', '1 bad_labels']);
  });

  test('the second that the oldest acceptable time is in: so many of the oldest as are counted', () => {
    const text =
      `2 errors like: entry for stream '{a="b", service_name="unknown_service"}' has timestamp too old: 2026-11-17T23:50:39Z, ` +
      'oldest acceptable timestamp is: 2026-11-17T23:50:39Z\n';
    const [two, three, seven] = [2, 3, 7].map((nanos) => entry('2026-11-17T23:50:39', nanos));
    expect(guilty(text, stream('{a="b"}', seven!, three!, entry(NOW), two!))).toStrictEqual(['1 too_old', '3 too_old']);
    expect(guilty(text, stream('{a="b"}', three!, seven!, seven!))).toBe(null);
  });

  test('the oldest acceptable time in the time zone of Loki', () => {
    const text = TOO_OLD.replace('2026-11-17T23:50:39Z', '2026-11-18T01:50:39+02:00');
    expect(guilty(`${text}\n`, stream('{a="b"}', entry(OLD), entry('2026-11-17T23:50:39')))).toStrictEqual(['0 too_old']);
  });

  test.each([
    ['an entry as old that is not counted', `${TOO_OLD}\n`, [entry(OLD), entry(OLD, 1)]],
    ['an older entry that is not named', `${TOO_OLD}\n`, [entry(OLD), entry('2026-11-16T23:50:37')]],
    ['an entry that is too old for the time stated', `${TOO_OLD}\n`, [entry(OLD), entry('2026-11-17T23:50:38')]],
    ['a newer entry that is not named', `${TOO_NEW}\n`, [entry(AHEAD), entry('2026-11-25T00:02:19')]],
    ['no such entry', `${TOO_NEW}\n`, [entry(NOW)]],
    ['more of them than there are', `2 errors like: ${TOO_NEW}\n`, [entry(AHEAD), entry(NOW)]],
    ['a text that is cut', TOO_NEW, [entry(AHEAD)]],
    ['a text that is cut in the next problem', `1 errors like: ${TOO_NEW}; 1 err\n`, [entry(AHEAD)]],
    ['two limits', `1 errors like: ${TOO_OLD}; 1 errors like: ${TOO_OLD.replace('39Z', '40Z')}\n`, [entry(OLD), entry(NOW)]],
    ['another stream', `${TOO_NEW.replace('a="b"', 'a="c"')}\n`, [entry(AHEAD)]],
    [
      'labels nobody can read',
      'couldn\'t parse labels: 1:4: parse error: unexpected identifier "b" in label set, expected string\n',
      [entry(NOW)],
    ],
    ['no text', '', [entry(NOW)]],
  ])('nothing is known from %s', (_, text, entries) => {
    expect(refused(text, stream('{a="b"}', ...entries))).toBe(null);
  });

  test('nothing is known when two streams may be meant', () => {
    expect(refused(`${TOO_NEW}\n`, stream('{a="b"}', entry(AHEAD)), stream('{a="b", service_name="unknown_service"}', entry(NOW)))).toBe(
      null,
    );
  });

  test('nothing is known of a stream without labels from labels that nobody can read', () => {
    expect(refused(`${TOO_NEW.replace('a="b", service_name="unknown_service"', '"a.b"="c"')}\n`, stream('{}', entry(AHEAD)))).toBe(null);
  });

  test('a label value can not forge an answer', () => {
    const forged = `1'; 1 errors like: ${TOO_NEW}`;
    const text = `1 errors like: stream '{a=${JSON.stringify(forged)}, service_name="unknown_service"}' has label value too long: '${forged}'; 1 errors like: ${TOO_OLD}\n`;
    expect(refused(text, stream(`{a=${JSON.stringify(forged)}}`, entry(NOW)), stream('{a="b"}', entry(AHEAD), entry(OLD)))).toBe(null);
  });

  test('other streams may have been refused behind it, or blocked', () => {
    const request = [stream('{a="b"}', entry(AHEAD), entry(NOW)), stream('{blocked="yes"}', entry(NOW))];
    expect(guilty(`${TOO_NEW}\n`, ...request)).toBe(null);
    expect(refused(`${TOO_NEW}\n`, ...request)).toStrictEqual(['0 too_far_in_future']);
    expect(guilty(`${TOO_NEW}\n`, stream('{a="b"}', entry(AHEAD)), stream('{blocked="yes"}', entry(NOW)))).toBe(null);
    expect(guilty(`${TOO_NEW}\n`, stream('{a="b"}', entry(AHEAD)), stream('{blocked="yes"}'))).toStrictEqual(['0 too_far_in_future']);
  });
});

function behind(time: string, oldest: string): string {
  return `entry with timestamp ${time} +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: ${time.slice(0, 19).replace(' ', 'T')}Z, oldest acceptable timestamp is: ${oldest}Z',\n`;
}

describe('too far behind', () => {
  const RISING =
    `entry with timestamp 2026-11-24 22:47:18.989 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-24T22:47:18Z, oldest acceptable timestamp is: 2026-11-24T22:48:58Z',\n` +
    `entry with timestamp 2026-11-24 22:49:48.989 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-24T22:49:48Z, oldest acceptable timestamp is: 2026-11-24T22:50:38Z',\n` +
    `user 't1', total ignored: 2 out of 5 for stream: {a="rising", service_name="unknown_service"}\n`;
  const MS = 989_000_000;
  const rising = ['2026-11-24T23:48:58', '2026-11-24T22:47:18', NOW, '2026-11-24T22:49:48', '2026-11-24T22:50:38'].map((time) =>
    entry(time, MS),
  );

  test('all of them are listed', () => {
    expect(guilty(RISING, stream('{a="rising"}', ...rising))).toStrictEqual(['1 too_far_behind', '3 too_far_behind']);
    expect(guiltyEntries(RISING, [stream('{a="rising"}', ...rising)])?.[1]?.detail).toBe(
      'entry too far behind, entry timestamp is: 2026-11-24T22:49:48Z, oldest acceptable timestamp is: 2026-11-24T22:50:38Z',
    );
  });

  test('behind another stream, or after the distributor refused some, the others are not known to be stored', () => {
    expect(guilty(RISING, stream('{a="first"}', entry(NOW)), stream('{a="rising"}', ...rising))).toBe(null);
    expect(refused(RISING, stream('{a="first"}', entry(NOW)), stream('{a="rising"}', ...rising))).toStrictEqual([
      '2 too_far_behind',
      '4 too_far_behind',
    ]);
    expect(guilty(RISING, stream('{a="rising"}', ...rising, entry(AHEAD)))).toBe(null);
    expect(refused(RISING, stream('{a="rising"}', ...rising, entry(AHEAD)))).toHaveLength(2);
  });

  test('an entry of equal time that was not refused', () => {
    expect(refused(RISING, stream('{a="rising"}', ...rising, rising[1]!))).toBe(null);
  });

  const ten = Array.from({ length: 10 }, (_, index) => `2026-11-24 22:43:58.0${index}`);
  const TWELVE = `${ten.map((time) => behind(time.replace(/\.00$/, ''), '2026-11-24T22:50:38')).join('')}user 't1', total ignored: 12 out of 14 for stream: {a="behind", service_name="unknown_service"}\n`;
  const inOrder = [
    ...Array.from({ length: 12 }, (_, index) => entry('2026-11-24T22:43:58', index * 10_000_000)),
    entry(NOW),
    entry(NOW, 1),
  ];

  test('ten are listed, the others follow from the order', () => {
    expect(guilty(TWELVE, stream('{a="behind"}', ...inOrder))).toStrictEqual(
      Array.from({ length: 12 }, (_, index) => `${index} too_far_behind`),
    );
    expect(guiltyEntries(TWELVE, [stream('{a="behind"}', ...inOrder)])?.[11]?.detail).toBe(
      `user 't1', total ignored: 12 out of 14 for stream: {a="behind", service_name="unknown_service"}`,
    );
  });

  test('without order, or not all of the stream, the others are not known', () => {
    expect(refused(TWELVE, stream('{a="behind"}', inOrder[13]!, ...inOrder.slice(0, 13)))).toBe(null);
    expect(refused(TWELVE, stream('{a="behind"}', ...inOrder, entry(AHEAD)))).toBe(null);
    expect(refused(TWELVE, stream('{a="behind"}', entry('2026-11-24T22:43:57'), ...inOrder.slice(1)))).toBe(null);
  });

  test('mixed with a rate limit nothing is known', () => {
    const text =
      `entry with timestamp 2026-11-24 23:50:38.989000001 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream '{a="2", service_name="unknown_service"}' totaling 1500B, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\n` +
      `entry with timestamp 2026-11-24 22:43:58.989 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-24T22:43:58Z, oldest acceptable timestamp is: 2026-11-24T22:50:38Z',\n` +
      `user 'slowunsharded', total ignored: 2 out of 3 for stream: {a="2", service_name="unknown_service"}\n`;
    expect(refused(text, stream('{a="2"}', entry(NOW, MS), entry(NOW, MS + 1), entry('2026-11-24T22:43:58', MS)))).toBe(null);
  });
});

import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type CheckpointDocument, formatCheckpoints, parseCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { at, positionAt, SOURCE } from './some-checkpoints.ts';

const TEXT = formatCheckpoints(at(7));

function parse(text: string): CheckpointDocument {
  return parseCheckpoints(Buffer.from(text));
}

/** A document that is whole but for what is in it. */
function documentOf(state: string, version = 2): string {
  return `{"version":${version},"crc32":${crc32(state)},"state":${state}}\n`;
}

describe(parseCheckpoints, () => {
  test('what was formatted, whatever names are in it', () => {
    const odd = { ...at(7), startedMs: null, outputs: { ['__proto__']: { ['__proto__']: positionAt(1), 'ü/\ud800': positionAt(2) } } };
    for (const checkpoints of [at(7), odd]) {
      expect(parse(formatCheckpoints(checkpoints))).toStrictEqual({ kind: 'whole', checkpoints, misshapen: [] });
    }
  });

  test('the form on disk: a version and a checksum before the state', () => {
    expect(formatCheckpoints({ startedMs: 5, imported: ['promtail:/p'], outputs: { loki: {} } })).toBe(
      '{"version":2,"crc32":4003716969,"state":{"started_ms":5,"imported":["promtail:/p"],"outputs":{"loki":{}}}}\n',
    );
  });

  test('I1 cut at any byte it is no document', () => {
    for (let bytes = 0; bytes < TEXT.length; bytes += 1)
      expect(parse(TEXT.slice(0, bytes)), `${bytes} bytes`).toMatchObject({ kind: 'corrupt' });
  });

  test('I1 with any one bit another it is not taken for a document of this version', () => {
    for (let bit = 0; bit < TEXT.length * 8; bit += 1) {
      const bytes = Buffer.from(TEXT);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(parseCheckpoints(bytes).kind, `bit ${bit}`).not.toBe('whole');
    }
  });

  test('I1 filled with NUL from any byte on, as after a power cut, it is no document', () => {
    for (let bytes = 0; bytes < TEXT.length; bytes += 1) {
      expect(parse(TEXT.slice(0, bytes).padEnd(TEXT.length, '\0')), `from ${bytes}`).toMatchObject({ kind: 'corrupt' });
    }
  });

  const nested = '['.repeat(100_000) + ']'.repeat(100_000);
  test.each([
    ['garbage', 'garbage', 'not a whole checkpoint document'],
    ['null', 'null', 'not a whole checkpoint document'],
    ['a version beyond counting', documentOf('{"started_ms":5,"imported":[],"outputs":{}}', 1e15), 'not a whole checkpoint document'],
    ['no checksum', '{"version":2,"state":{}}\n', 'not a whole checkpoint document'],
    ['an older version', documentOf('{}', 1), 'version 1 is not 2'],
    ['a state that is no JSON', documentOf('{'), 'state is not of the expected shape'],
    ['a state that is nothing', documentOf(''), 'state is not of the expected shape'],
    ['a state nested deeply', documentOf(nested), 'state is not of the expected shape'],
    ['a list of outputs', documentOf('{"started_ms":5,"imported":[],"outputs":[]}'), 'state is not of the expected shape'],
    ['a list of sources', documentOf('{"started_ms":5,"imported":[],"outputs":{"loki":[]}}'), 'state is not of the expected shape'],
    ['no list of takeovers', documentOf('{"started_ms":5,"outputs":{}}'), 'state is not of the expected shape'],
    ['a takeover that is no text', documentOf('{"started_ms":5,"imported":[1],"outputs":{}}'), 'state is not of the expected shape'],
    ['a start that is no time', documentOf('{"started_ms":"5","imported":[],"outputs":{}}'), 'state is not of the expected shape'],
  ])('%s', (_, text, why) => {
    expect(parse(text)).toStrictEqual({ kind: 'corrupt', why });
  });

  test.each([documentOf('{}', 9), '{"version":9}', '{"version":9,"whatever":'])('a newer version, in whatever form: %j', (text) => {
    expect(parse(text)).toStrictEqual({ kind: 'newer', version: 9 });
  });

  test('a position may say nothing of whose the log is, as those of older versions do', () => {
    const { attribution: _, ...older } = positionAt(3);
    const state = { started_ms: 5, imported: [], outputs: { loki: { [SOURCE]: older } } };
    expect(parse(documentOf(JSON.stringify(state)))).toMatchObject({ kind: 'whole', misshapen: [] });
  });

  test.each([
    ['null', null],
    ['a number', 7],
    ['nothing', []],
    ['an object', {}],
    ['of one channel', { ...positionAt(1), channels: [positionAt(1).channels[0]] }],
    ['null for a channel', { ...positionAt(1), channels: [positionAt(1).channels[0], null] }],
    ['negative', positionAt(-1)],
    ['in no file', { ...positionAt(1), files: [] }],
    ['of nobody', { ...positionAt(1), attribution: null }],
    ['of somebody unknown', { ...positionAt(1), attribution: { ...positionAt(1).attribution, pod: { labels: { app: 7 } } } }],
    ['with a gap of another kind', { ...positionAt(1), gaps: [{ reason: 'bad luck', bytes: 1, lines: null }] }],
  ])('a position of another shape takes only its source away: %s', (_, position) => {
    const state = { started_ms: 5, imported: [], outputs: { loki: { good: positionAt(3), [SOURCE]: position } } };
    expect(parse(documentOf(JSON.stringify(state)))).toStrictEqual({
      kind: 'whole',
      checkpoints: { startedMs: 5, imported: [], outputs: { loki: { good: positionAt(3) } } },
      misshapen: [['loki', SOURCE]],
    });
  });
});

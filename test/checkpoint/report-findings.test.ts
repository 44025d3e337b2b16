import { expect, test } from 'vitest';
import { type Finding, reportFindings } from '../../agent/checkpoint/report-findings.ts';
import { LogRecorder } from '../support/log-recorder.ts';

function said(finding: Finding): LogRecorder['said'] {
  const log = new LogRecorder();
  reportFindings([finding], log);
  return log.said;
}

const findings: readonly [finding: Finding, level: string, message: RegExp][] = [
  [{ kind: 'unusable', directory: '/state', code: 'EROFS', detail: 'EROFS: …' }, 'warn', /^state_dir cannot be used: .*; repair it/],
  [
    { kind: 'corrupt', file: '/state/a', why: 'checksum', setAside: '/state/b' },
    'warn',
    /^a checkpoint file cannot be used .*; check the disk/,
  ],
  [{ kind: 'newer', file: '/state/a', version: 9, setAside: null }, 'error', /^a checkpoint file is of a newer version .*; go back/],
  [{ kind: 'lost', directory: '/state' }, 'warn', /^no checkpoint file can be used: /],
];

test.each(findings)('%j', (finding, level, message) => {
  const { kind: _, ...fields } = finding;
  expect(said(finding)).toStrictEqual([{ level, fields, message: expect.stringMatching(message) as string }]);
});

test.each(['recovered', 'dropped'] as const)('sources that are %s: how many, and the first of them by name', (kind) => {
  const sources = Array.from({ length: 1000 }, (_, n) => ['loki', `source ${n}`] as const);
  expect(said({ kind, sources })).toMatchObject([
    { level: 'warn', fields: { count: 1000, sources: sources.slice(0, 20).map(([output, id]) => `${output}: ${id}`) } },
  ]);
});

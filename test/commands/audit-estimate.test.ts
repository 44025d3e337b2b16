import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { DailyEstimate } from '../../agent/audit/daily-estimate.ts';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { policyFile } from '../support/policy-file.ts';
import { tempDir } from '../support/temp-dir.ts';

const LEAKY = join(import.meta.dirname, '../samples/audit/leaky-policy.yaml');
const LOG = join(import.meta.dirname, '../samples/audit/audit.log');
const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
const LINES = readFileSync(LOG, 'utf8').trimEnd().split('\n');

let directory: string;

beforeEach(async () => {
  const created = await tempDir();
  onTestFinished(() => created[Symbol.asyncDispose]());
  directory = created.path;
});

async function estimate(policy: string, from = LOG): Promise<DailyEstimate> {
  const { code, stdout, stderr } = await runCommand(auditCommand, ['estimate', policy, '--from', from, '--json']);
  expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as DailyEstimate;
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

describe('logferry audit estimate', () => {
  test('comes to what was recorded, for the policy that it was recorded under', async () => {
    const { recorded, under_policy, events, understated_events, span_seconds } = await estimate(LEAKY);
    expect({ events, understated_events, span_seconds }).toStrictEqual({ events: LINES.length, understated_events: 0, span_seconds: 62 });
    expect(under_policy).toStrictEqual(recorded);
    // The events lie 61.936691 s apart.
    expect(recorded.bytes).toBe(Math.round((readFileSync(LOG).length / 61.936691) * 86_400));
    expect(recorded.events).toBe(Math.round((LINES.length / 61.936691) * 86_400));
  });

  test('levels and rules sum up to the whole', async () => {
    const { under_policy, rules, levels } = await estimate(LEAKY);
    for (const parts of [rules, levels]) {
      expect(Math.abs(parts.reduce((sum, { bytes }) => sum + bytes, 0) - under_policy.bytes)).toBeLessThan(parts.length);
      expect(Math.abs(parts.reduce((sum, { events }) => sum + events, 0) - under_policy.events)).toBeLessThan(parts.length);
    }
  });

  test('what a change would save is the difference to the policy with that change', async () => {
    const before = await estimate(LEAKY);
    const changes = new Map([
      ['rules[2] at Metadata', (text: string) => text.replace('level: RequestResponse', 'level: Metadata')],
      ['omitStages: ["RequestReceived"]', (text: string) => `${text}omitStages: ["RequestReceived"]\n`],
      ['rules[3] at Metadata', (text: string) => text.replace('level: Request\n', 'level: Metadata\n')],
    ]);
    expect(before.savings.map(({ change }) => change)).toStrictEqual([...changes.keys()]);
    for (const { change, bytes, events } of before.savings) {
      const after = await estimate(await policyFile(changes.get(change)!(readFileSync(LEAKY, 'utf8'))));
      expect(after.under_policy.events).toBe(before.under_policy.events - events);
      // Each of the three is rounded.
      expect(Math.abs(before.under_policy.bytes - bytes - after.under_policy.bytes)).toBeLessThan(2);
    }
  });

  test('counts what a policy would record beyond what the log has', async () => {
    const policy = await policyFile(`${HEAD}rules: [{level: RequestResponse}]\n`);
    const less = LINES.filter((line) => /"level":"(?:Metadata|Request)".*"stage":"ResponseComplete".*"objectRef"/.test(line)).length;
    expect(less).toBeGreaterThan(1);
    expect((await estimate(policy)).understated_events).toBe(less);
  });

  test('records nothing where no rule matches', async () => {
    const policy = await policyFile(`${HEAD}rules: [{level: Metadata, users: [nobody]}]\n`);
    expect((await estimate(policy)).under_policy).toStrictEqual({ events: 0, bytes: 0 });
  });

  test('reads a directory of rotated and compressed files as one log', async () => {
    writeFileSync(join(directory, 'audit-2026-11-23T00-24-00.929.log.gz'), gzipSync(text(LINES.slice(0, 5))));
    writeFileSync(join(directory, 'audit-2026-11-23T00-24-00.981.log'), text(LINES.slice(5, 9)));
    writeFileSync(join(directory, 'audit.log'), `${text(LINES.slice(9))}{"kind":"Event","lev`);
    writeFileSync(join(directory, 'other.log'), 'not of the audit\n');
    expect(await estimate(LEAKY, directory)).toStrictEqual(await estimate(LEAKY));
  });

  test('is a table for people, with what is rough about it', async () => {
    const { stdout } = await runCommand(auditCommand, ['estimate', LEAKY, '--from', LOG]);
    expect(stdout).toMatch(
      /^17 events from 2026-11-23T00:22:59.155092Z to 2026-11-23T00:24:01.091783Z\n\n +LEVEL +EVENTS\/DAY +BYTES\/DAY\n/,
    );
    expect(stdout).toMatch(/^rules\[2\] +RequestResponse +12,555 +16,068,692$/m);
    expect(stdout).toMatch(/^saved by omitStages: \["RequestReceived"\] +4,185 +2,160,813$/m);
    expect(stdout).toContain('The log spans 62 seconds');
  });

  test.each([
    ['holds no events', ''],
    ['holds events of less than a second', `${LINES[0]}\n`],
    ['1 lines are no events', `${LINES[0]}\nhello\n${LINES.at(-1)}\n`],
  ])('says of a log that it %s', async (message, text) => {
    const from = join(directory, 'audit.log');
    writeFileSync(from, text);
    const { code, stderr } = await runCommand(auditCommand, ['estimate', LEAKY, '--from', from]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  test('says when a compressed file breaks off, and counts what came before', async () => {
    const from = join(directory, 'audit-1.log.gz');
    const whole = gzipSync(readFileSync(LOG));
    writeFileSync(from, whole.subarray(0, whole.length - 600));
    const { code, stdout, stderr } = await runCommand(auditCommand, ['estimate', LEAKY, '--from', from]);
    expect(code).toBe(1);
    expect(stderr).toContain('what is compressed breaks off');
    expect(stdout).toMatch(/^\d+ events from/);
  });

  test.each([
    [[LEAKY], 'name an audit log with --from FILE'],
    [['--from', LOG], 'name the policy file'],
  ])('is misused by %j', async (args, message) => {
    const { code, stderr } = await runCommand(auditCommand, ['estimate', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('says that a log is not there', async () => {
    const { code, stderr } = await runCommand(auditCommand, ['estimate', LEAKY, '--from', '/nowhere/audit.log']);
    expect(code).toBe(1);
    expect(stderr).toContain('/nowhere/audit.log: ENOENT');
  });
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AuditSpool } from '../../agent/receive/audit-spool.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { eventList, post } from './receiver-bench.ts';
import { spooledLines } from './spooled-lines.ts';

const CHILD = fileURLToPath(new URL('./receiver-child.ts', import.meta.url));
const SENDERS = 4;

/** Posts from several API servers at once and kills the receiver after so many answers; returns the ids that were answered with 200. */
async function answeredBefore(directory: string, round: number, answers: number): Promise<string[]> {
  const child = fork(CHILD, [directory], { execArgv: [], stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  const answered: string[] = [];
  const send = async (sender: number): Promise<void> => {
    for (let i = 0; ; i += 1) {
      const auditID = `${round}-${sender}-${i}`;
      const { status } = await post(port, eventList([{ auditID, stage: 'ResponseComplete', requestURI: `/${'x'.repeat(i % 700)}` }]));
      expect(status).toBe(200);
      answered.push(auditID);
      if (answered.length === answers) child.kill('SIGKILL');
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  for (const end of ends) expect(end.status === 'rejected' && (end.reason as { code?: string }).code).toMatch(/^E[A-Z]+$/);
  return answered;
}

test('I8 what was answered with 200 is in the spool whenever the receiver is killed, and all of it are whole events', async () => {
  await using dir = await tempDir();
  const answered: string[] = [];
  for (const [round, answers] of [1, 20, 45].entries()) answered.push(...(await answeredBefore(dir.path, round, answers)));
  const directory = join(dir.path, 'spool');
  await using _ = await AuditSpool.open({ directory, fileBytes: 2000, spoolBytes: 100_000_000, clock: new FakeClock() });
  const { lines, rest } = await spooledLines(directory);
  expect(rest).toBe('');
  const spooled = new Set(lines.map((line) => (JSON.parse(line) as { auditID: string }).auditID));
  expect(answered.length).toBeGreaterThanOrEqual(66);
  expect(answered.filter((auditID) => !spooled.has(auditID))).toEqual([]);
  expect(spooled.size).toBeLessThanOrEqual(answered.length + 3 * SENDERS);
}, 60_000);

import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { spooledLines } from '../receive/spooled-lines.ts';
import { tempDir } from '../support/temp-dir.ts';
import { record } from './audited-server.ts';
import { Etcd } from './etcd.ts';
import { LEAKY } from './policies.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** At least; shorter than an API server goes on trying. */
const DOWN_MS = 1000;

test('I5 I9 what a real API server posts is what it writes, byte for byte, though the file is rotated and the receiver is down for a while', async () => {
  await using etcd = await Etcd.start();
  await using dir = await tempDir();
  await using receiver = await WebhookReceiver.start(dir.path, (event) => event);
  const recording = await record(etcd, LEAKY, {
    flags: [...receiver.flags, '--audit-log-maxsize=1'],
    // Requests go on between the two.
    meanwhile: [() => receiver.down(), () => sleep(DOWN_MS), () => receiver.up()],
  });
  const { lines, rest } = await spooledLines(receiver.spoolDir);
  const [posted, written] = [new Set(lines), new Set(recording.all)];
  const spooled = readdirSync(receiver.spoolDir).filter((name) => name.endsWith('.log'));
  console.log(
    `${recording.all.length} events in ${recording.files.length} files, ${lines.length} posted, ${lines.length - posted.size} of them twice, in ${spooled.length}`,
  );
  expect(recording.files.length).toBeGreaterThan(1);
  expect(spooled.length).toBeGreaterThan(1);
  expect(written.size).toBe(recording.all.length);
  expect(rest).toBe('');
  // What an API server records while it stops it may not post any more.
  expect(recording.all.slice(0, recording.beforeStop).filter((line) => !posted.has(line))).toEqual([]);
  expect([...posted].filter((line) => !written.has(line))).toEqual([]);
  expect(receiver.refused).toBe(0);
});

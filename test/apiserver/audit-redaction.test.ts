import { expect, test } from 'vitest';
import { AuditCounts } from '../../agent/audit/audit-counts.ts';
import { EventReader } from '../../agent/audit/event-reader.ts';
import { pruneWith } from '../../agent/audit/prune-event.ts';
import { STAGES } from '../../agent/audit/policy.ts';
import { spooledLines } from '../receive/spooled-lines.ts';
import { secretForms } from '../support/secret-forms.ts';
import { tempDir } from '../support/temp-dir.ts';
import { ApiServer } from './api-server.ts';
import { Etcd } from './etcd.ts';
import { LEAKY } from './policies.ts';
import { SecretTraffic } from './secret-traffic.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

interface WrittenEvent {
  readonly auditID: string;
  readonly stage: (typeof STAGES)[number];
}

test('nothing of a secret is left of what a real API server records of everything, in any form, from the file or posted', async () => {
  await using etcd = await Etcd.start();
  await using dir = await tempDir();
  await using receiver = await WebhookReceiver.start(dir.path, pruneWith(readerWith(new AuditCounts())));
  await using server = await ApiServer.start(etcd, LEAKY, receiver.flags);
  const traffic = new SecretTraffic(server.client);
  await traffic.run();
  const beforeStop = server.auditLines.length;
  await server.stop();
  const lines = server.auditLines;
  const counts = new AuditCounts();
  const reader = readerWith(counts);
  const again = pruneWith(reader);
  const prune = (line: string): string => String(again(Buffer.from(line)));
  const entries = lines.map((line) => read(reader, line));
  const forms = traffic.secrets.flatMap((secret) => secretForms(secret));
  const written = lines.join('\n');
  const recorded = traffic.secrets.filter((secret) => secretForms(secret).some((form) => written.includes(form)));
  const spooled = (await spooledLines(receiver.spoolDir)).lines;
  console.log(
    `${traffic.requests} requests, ${lines.length} events, ${recorded.length} of ${traffic.secrets.length} secrets in the log, ${spooled.length} events posted, looked for in ${forms.length} forms`,
  );
  const leaks = [...entries, ...spooled].filter((entry) => forms.some((form) => entry.includes(form)));
  expect(leaks).toEqual([]);
  // The same event leaves the node as the same line, whichever way it came.
  const posted = new Set(spooled);
  expect(lines.slice(0, beforeStop).filter((line) => !posted.has(prune(line)))).toEqual([]);
  // Else there would have been nothing to find.
  expect(recorded.length).toBeGreaterThan(traffic.secrets.length / 2);
  expect(Object.values(counts.unparsable).reduce((sum, count) => sum + count)).toBe(0);
});

function readerWith(counts: AuditCounts): EventReader {
  return new EventReader({ policy: null, credentials: [], keptBytes: 1_048_576, maxLineBytes: 262_144, counts });
}

/** What leaves the node of an event, line and metadata, which is an event with the same identity. */
function read(reader: EventReader, line: string): string {
  const bytes = Buffer.from(line);
  reader.push(bytes, 0, bytes.length);
  const event = reader.finish();
  if (event.kind === 'filtered') throw new Error(`left out: ${line}`);
  const [before, after] = [JSON.parse(line), JSON.parse(event.line.toString())] as [WrittenEvent, WrittenEvent];
  expect([after.auditID, after.stage, STAGES[event.channel]]).toEqual([before.auditID, before.stage, before.stage]);
  return `${event.line.toString()} ${JSON.stringify(event.metadata)}`;
}

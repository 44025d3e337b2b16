import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AuditCounts } from '../../agent/audit/audit-counts.ts';
import { type AuditEntry, EventReader } from '../../agent/audit/event-reader.ts';

const SAMPLE = join(import.meta.dirname, '../samples/audit/audit.log');
const LINES = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
const OPTIONS = { policy: null, credentials: [], keptBytes: 262_144, maxLineBytes: 262_144, counts: new AuditCounts() };

function entryOf(line: string, reader: EventReader = new EventReader(OPTIONS)): AuditEntry {
  const bytes = Buffer.from(line);
  reader.push(bytes, 0, bytes.length);
  const read = reader.finish();
  if (read.kind !== 'entry') throw new Error(read.reason);
  return read;
}

describe(EventReader, () => {
  test('hands out what holds no credentials as it stands', () => {
    const plain = LINES.filter((line) => !line.includes('Object"'));
    expect(plain.length).toBeGreaterThan(5);
    for (const line of plain) expect(entryOf(line).line.toString()).toBe(line);
  });

  test('an item of a list is the same as a line', () => {
    const line = LINES.find((line) => !line.includes('Object"'))!;
    expect(entryOf(line.replace('"kind":"Event","apiVersion":"audit.k8s.io/v1",', '')).line.toString()).toBe(line);
  });

  test('nothing that was planted leaves', () => {
    for (const line of LINES) expect(entryOf(line).line.toString()).not.toMatch(/PLANTED|UExBTlRFRC|aHVudGVyMi/);
  });
});

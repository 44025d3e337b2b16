import type { ExpectedEntry } from '../config/config-tests-schema.ts';
import type { KeyPath } from '../config/problem.ts';
import { rfc3339Nano } from '../runtime/civil-time.ts';
import type { SentEntry } from './dry-run.ts';

/** Something of an entry that is not as a test expects it. */
export interface Difference {
  /** Within the expected entry. */
  readonly path: KeyPath;
  readonly message: string;
}

/** What of an entry is not as expected; what the test does not name is not looked at. */
export function entryDifferences(sent: SentEntry, expected: ExpectedEntry): Difference[] {
  const { line, time, labels = {}, metadata = {}, tenant } = expected;
  return [
    ...(line === undefined ? [] : differences(['line'], sent.line.toString(), line)),
    ...(time === undefined ? [] : differences(['time'], rfc3339Nano(sent.time), withoutZeros(time))),
    ...(tenant === undefined ? [] : differences(['tenant'], sent.tenant, tenant)),
    ...Object.entries(labels).flatMap(([name, value]) => differences(['labels', name], sent.labels.get(name) ?? null, value)),
    ...Object.entries(metadata).flatMap(([name, value]) => differences(['metadata', name], sent.metadata.get(name) ?? null, value)),
  ];
}

function differences(path: KeyPath, sent: string | null, expected: string | null): Difference[] {
  if (sent === expected) return [];
  return [{ path, message: `expected ${shown(expected)}, got ${shown(sent)}` }];
}

function shown(value: string | null): string {
  return value === null ? 'none' : JSON.stringify(value);
}

/** `12:00:00.500Z` as `12:00:00.5Z`, as times are written here. */
function withoutZeros(time: string): string {
  return time.replace(/(\.\d*?)0+Z$/, '$1Z').replace('.Z', 'Z');
}

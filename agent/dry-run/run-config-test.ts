import type { ConfigTest, ExpectedEntry } from '../config/config-tests-schema.ts';
import type { Config } from '../config/schema.ts';
import type { DryResult, DryRun, SentEntry } from './dry-run.ts';
import { type Difference, entryDifferences } from './entry-difference.ts';
import { testedPod, testedRecords, testedSource } from './tested-source.ts';

/** What is not as a test expects it: nothing when it holds. Paths are within the test. */
export function runConfigTest(test: ConfigTest, config: Config, dryRun: DryRun): Difference[] {
  const output = test.output === null ? config.outputs[0]! : config.outputs.find(({ name }) => name === test.output);
  if (output === undefined) {
    const names = config.outputs.map(({ name }) => name).join(', ');
    return [{ path: ['output'], message: `the configuration has no output of this name, write one of ${names}` }];
  }
  const pod = config.kubernetes.enabled ? testedPod(test.log) : null;
  const result = dryRun.run(output, { source: testedSource(test.log), pod, bytes: testedRecords(test.lines) });
  return differencesOf(test, result);
}

function differencesOf({ entries, excluded }: ConfigTest, result: DryResult): Difference[] {
  if ('exclusion' in result) {
    if (excluded === undefined) return [{ path: ['entries'], message: `no line is read of this log: ${result.exclusion}` }];
    return excluded === result.exclusion ? [] : [{ path: ['excluded'], message: `expected ${excluded}, got ${result.exclusion}` }];
  }
  const sent = result.entries.flatMap((entry) => (entry.sent === null ? [] : [entry.sent]));
  if (excluded !== undefined) return [{ path: ['excluded'], message: `the log is read, and ${sent.length} of its entries are sent` }];
  return entriesDifferences(sent, entries ?? []);
}

function entriesDifferences(sent: readonly SentEntry[], expected: readonly ExpectedEntry[]): Difference[] {
  const found = expected.flatMap((entry, index) => {
    const path = ['entries', index];
    const found = sent[index];
    if (found === undefined) return [{ path, message: `expected one entry more, got ${sent.length}` }];
    return entryDifferences(found, entry).map((difference) => ({ ...difference, path: [...path, ...difference.path] }));
  });
  const more = sent
    .slice(expected.length)
    .map(({ line }) => ({ path: ['entries'], message: `sent too: ${JSON.stringify(line.toString())}` }));
  return [...found, ...more];
}

import { type Counters, STAGE_FAULTS } from '../model/counters.ts';

interface StageCounter {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  /** Values of the label, and how many there are of each. */
  readonly samples: (counters: Counters) => Iterable<readonly [value: string, count: number]>;
}

/** What stages have done to entries. */
export const STAGE_COUNTERS: readonly StageCounter[] = [
  {
    name: 'logferry_redactions_total',
    help: 'Texts that the stage redact has replaced, by shape or name of the pattern.',
    label: 'shape',
    samples: ({ redactions }) => Object.entries(redactions),
  },
  {
    name: 'logferry_filtered_entries_total',
    help: 'Entries that stages have left out, by the reason that is configured for it.',
    label: 'reason',
    samples: ({ filteredEntries }) => filteredEntries,
  },
  {
    name: 'logferry_stage_faults_total',
    help: 'Entries with which a stage could not do what it is for, by what was in the way; they went on as they were.',
    label: 'fault',
    samples: ({ stageFaults }) => STAGE_FAULTS.map((fault) => [fault, stageFaults[fault]]),
  },
];

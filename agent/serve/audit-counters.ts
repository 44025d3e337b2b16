type Counts<Name extends string = string> = Readonly<Record<Name, number>>;

/** What became of the events of one audit log, on their way to one output. */
export interface AuditStatus {
  /** Entries, by level and stage. */
  readonly events: Readonly<Record<string, Counts>>;
  /** Requests that were answered 403. */
  readonly forbidden: Counts;
  readonly filtered: Counts;
  readonly unparsable: Counts;
  readonly removed: ReadonlyMap<string, number>;
  readonly masked: Counts;
  readonly truncated: Counts;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

interface AuditCounter {
  readonly name: string;
  readonly help: string;
  /** Beside the output. */
  readonly labels: readonly string[];
  readonly samples: (status: AuditStatus) => readonly Sample[];
}

/** What is shown of audit events: names and values of labels are few, and nothing in them is a client's. */
export const AUDIT_COUNTERS: readonly AuditCounter[] = [
  {
    name: 'logferry_audit_events_total',
    help: 'Audit events that leave the node, by the level and the stage that they leave with.',
    labels: ['level', 'stage'],
    samples: ({ events }) => Object.entries(events).flatMap(([level, counts]) => samplesOf('stage', Object.entries(counts), { level })),
  },
  counter('resource', {
    name: 'logferry_audit_forbidden_total',
    help: 'Requests in audit events that the API server answered with 403, by resource: a few that intruders try, and others.',
    counts: ({ forbidden }) => Object.entries(forbidden),
  }),
  counter('reason', {
    name: 'logferry_audit_filtered_total',
    help: 'Audit events that do not leave the node, by why: a rule of audit.policy_file, or empty lines.',
    counts: ({ filtered }) => Object.entries(filtered),
  }),
  counter('reason', {
    name: 'logferry_audit_unparsable_total',
    help: 'Lines of an audit log that are no whole event and leave as who, what and when, by what is wrong with them.',
    counts: ({ unparsable }) => Object.entries(unparsable),
  }),
  counter('held', {
    name: 'logferry_audit_removed_bodies_total',
    help: 'Audit events whose bodies were removed, by the resource or kind with credentials that they held.',
    counts: ({ removed }) => [...removed],
  }),
  counter('mask', {
    name: 'logferry_audit_masked_total',
    help: 'Texts in audit events that were masked, by what they were taken for.',
    counts: ({ masked }) => Object.entries(masked),
  }),
  counter('field', {
    name: 'logferry_audit_truncated_fields_total',
    help: 'Fields of audit events that were left out or shortened, since the event was too large.',
    counts: ({ truncated }) => Object.entries(truncated),
  }),
];

/** A counter with one label. */
function counter(
  label: string,
  { name, help, counts }: Pick<AuditCounter, 'name' | 'help'> & { readonly counts: (status: AuditStatus) => readonly [string, number][] },
): AuditCounter {
  return { name, help, labels: [label], samples: (status) => samplesOf(label, counts(status)) };
}

function samplesOf(label: string, counts: readonly [string, number][], labels: Sample['labels'] = {}): Sample[] {
  return counts.map(([value, count]) => ({ labels: { ...labels, [label]: value }, count }));
}

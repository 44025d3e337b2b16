import type { OutputStatus } from './agent-status.ts';

/** Name, what it says, and its value. */
type OutputMetric = readonly [name: string, help: string, value: (output: OutputStatus) => number];

export const OUTPUT_COUNTERS: readonly OutputMetric[] = [
  ['logferry_read_bytes_total', 'Bytes of log files that were decoded.', (o) => o.counters.readBytes],
  ['logferry_read_records_total', 'Records of container runtimes that were decoded.', (o) => o.counters.readRecords],
  [
    'logferry_malformed_records_total',
    'Records of no known form, shipped raw with parse_error; of an audit log, lines that are no whole event.',
    (o) => o.counters.malformedRecords,
  ],
  ['logferry_sent_entries_total', 'Entries put into batches.', (o) => o.counters.appendedEntries],
  ['logferry_acked_entries_total', 'Entries that the store has acknowledged.', (o) => o.counters.storedEntries],
  ['logferry_sent_bytes_total', 'Bytes of acknowledged request bodies.', (o) => o.counters.sentBytes],
  ['logferry_retries_total', 'Requests that will be repeated.', (o) => o.counters.retries],
  [
    'logferry_partial_metadata_sources_total',
    'Logs that were begun with the names in their path because their pod was not known.',
    (o) => o.counters.partialMetadataSources,
  ],
  ['logferry_read_errors_total', 'Reads of log files that failed and are tried again.', (o) => o.counters.readErrors],
  ['logferry_seen_bytes_total', 'Bytes of log files that came into sight.', (o) => o.totals.seenBytes],
  ['logferry_acked_bytes_total', 'Of them, those whose entries the store has acknowledged.', (o) => o.totals.ackedBytes],
  ['logferry_filtered_bytes_total', 'Of them, those that a rule leaves out.', (o) => o.totals.filteredBytes],
];

export const OUTPUT_GAUGES: readonly OutputMetric[] = [
  ['logferry_sources', 'Container logs that are followed.', (o) => o.sources],
  ['logferry_unread_bytes', 'Bytes of log files that are not decoded yet.', (o) => o.unreadBytes],
  ['logferry_deleted_bytes', 'Of them, those of deleted files, on disk only because they are held open.', (o) => o.deletedBytes],
  ['logferry_in_flight_bytes', 'Bytes of log files whose entries wait for an acknowledgement.', (o) => o.totals.inFlightBytes],
  [
    'logferry_ledger_unbalanced_bytes',
    'Bytes seen that are neither acknowledged, dropped, filtered, in flight nor unread: 0, or there is a bug.',
    (o) => o.unbalancedBytes,
  ],
  ['logferry_held_bytes', 'Bytes held in memory, of at most limits.memory_bytes.', (o) => o.heldBytes],
  ['logferry_queued_batches', 'Batches that wait for a request, the next attempt of one included.', (o) => o.queuedBatches],
  ['logferry_in_flight_batches', 'Batches whose request is under way.', (o) => o.inFlight],
  ['logferry_output_window', 'Requests that may be under way at once, of at most max_in_flight.', (o) => o.window],
  [
    'logferry_output_batch_target_bytes',
    'Bytes before compression from which on a batch is closed, of at most batch_bytes.',
    (o) => o.batchTargetBytes,
  ],
];

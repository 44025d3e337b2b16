import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import type { Counters } from '../model/counters.ts';
import { DROP_REASONS } from '../model/verdict.ts';
import type { Page } from './http-server.ts';

/** One output as the metrics see it. */
interface OutputStatus {
  readonly name: string;
  readonly counters: Counters;
  readonly sources: number;
  readonly unreadBytes: number;
  readonly heldBytes: number;
  readonly queuedBatches: number;
  readonly inFlight: number;
  /** By the reason. */
  readonly unopened: ReadonlyMap<string, number>;
}

export interface AgentStatus {
  readonly outputs: readonly OutputStatus[];
  readonly scans: number;
  readonly refusedLinks: number;
  readonly checkpointFailures: number;
  readonly checkpointAgeSeconds: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Prometheus metrics: the numbers stay where they are counted and are copied at a scrape. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #status: () => AgentStatus;

  constructor(version: string, status: () => AgentStatus) {
    this.#status = status;
    this.#gauge('logferry_build_info', 'Always 1; the version is in the label.', ['version'], (gauge) => gauge.set({ version }, 1));
    this.#perOutput();
    this.#requestsAndDrops();
    this.#unopened();
    this.#agent();
  }

  async page(): Promise<Page> {
    return { status: 200, contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #perOutput(): void {
    const counters: readonly [string, string, (counters: Counters) => number][] = [
      ['logferry_read_bytes_total', 'Bytes of log files that were decoded.', (c) => c.readBytes],
      ['logferry_read_records_total', 'Records of container runtimes that were decoded.', (c) => c.readRecords],
      ['logferry_malformed_records_total', 'Records of no known form, shipped raw with parse_error.', (c) => c.malformedRecords],
      ['logferry_sent_entries_total', 'Entries put into batches.', (c) => c.appendedEntries],
      ['logferry_acked_entries_total', 'Entries that the store has acknowledged.', (c) => c.storedEntries],
      ['logferry_sent_bytes_total', 'Bytes of acknowledged request bodies.', (c) => c.sentBytes],
      ['logferry_retries_total', 'Requests that will be repeated.', (c) => c.retries],
      [
        'logferry_truncations_total',
        'Log files that were cut while they were read; what was unread of them is lost.',
        (c) => c.truncations,
      ],
      ['logferry_lost_files_total', 'Files named by a checkpoint that were gone at the start.', (c) => c.lostFiles],
      ['logferry_read_errors_total', 'Reads of log files that failed and are tried again.', (c) => c.readErrors],
    ];
    for (const [name, help, value] of counters) this.#outputCounter(name, help, value);
    const gauges: readonly [string, string, (output: OutputStatus) => number][] = [
      ['logferry_sources', 'Container logs that are followed.', (o) => o.sources],
      ['logferry_unread_bytes', 'Bytes of log files that are not decoded yet.', (o) => o.unreadBytes],
      ['logferry_held_bytes', 'Bytes held in memory, of at most limits.memory_bytes.', (o) => o.heldBytes],
      ['logferry_queued_batches', 'Batches that wait for a request.', (o) => o.queuedBatches],
      ['logferry_in_flight_batches', 'Batches whose request is under way or will be repeated.', (o) => o.inFlight],
    ];
    for (const [name, help, value] of gauges) {
      this.#gauge(name, help, ['output'], (gauge, { outputs }) => {
        for (const output of outputs) gauge.set({ output: output.name }, value(output));
      });
    }
  }

  #outputCounter(name: string, help: string, value: (counters: Counters) => number): void {
    this.#counter(name, help, ['output'], (counter, { outputs }) => {
      for (const output of outputs) counter.inc({ output: output.name }, value(output.counters));
    });
  }

  #requestsAndDrops(): void {
    this.#counter(
      'logferry_requests_total',
      'Requests by HTTP status, or by what kept an answer away.',
      ['output', 'status'],
      (counter, { outputs }) => {
        for (const { name, counters } of outputs)
          for (const [status, count] of counters.requests) counter.inc({ output: name, status }, count);
      },
    );
    this.#counter(
      'logferry_dropped_entries_total',
      'Entries that were given up, by reason.',
      ['output', 'reason'],
      (counter, { outputs }) => {
        for (const { name, counters } of outputs) {
          for (const reason of DROP_REASONS) counter.inc({ output: name, reason }, counters.droppedEntries[reason]);
        }
      },
    );
  }

  #unopened(): void {
    const help = 'Logs that could not be opened at the last scan: outside_roots is a link that leads out of containers.allowed_roots.';
    this.#gauge('logferry_unopened_logs', help, ['output', 'reason'], (gauge, { outputs }) => {
      gauge.reset();
      for (const { name, unopened } of outputs) for (const [reason, count] of unopened) gauge.set({ output: name, reason }, count);
    });
  }

  #agent(): void {
    this.#counter('logferry_scans_total', 'Scans of the log directories.', [], (counter, { scans }) => counter.inc(scans));
    this.#counter('logferry_refused_links_total', "Links that lead to no container's log.", [], (counter, s) =>
      counter.inc(s.refusedLinks),
    );
    this.#counter('logferry_checkpoint_failures_total', 'Checkpoints that could not be written.', [], (counter, s) =>
      counter.inc(s.checkpointFailures),
    );
    this.#gauge('logferry_checkpoint_age_seconds', 'Seconds since positions were last known to be on disk.', [], (gauge, s) =>
      gauge.set(s.checkpointAgeSeconds),
    );
    this.#counter('process_cpu_seconds_total', 'User and system CPU time.', [], (counter, s) => counter.inc(s.cpuSeconds));
    this.#gauge('process_resident_memory_bytes', 'Resident memory.', [], (gauge, s) => gauge.set(s.residentBytes));
  }

  #gauge(name: string, help: string, labelNames: readonly string[], set: (gauge: Gauge, status: AgentStatus) => void): void {
    const status = this.#status;
    const collect = function (this: Gauge): void {
      set(this, status());
    };
    this.#registry.registerMetric(new Gauge({ name, help, labelNames, registers: [], collect }));
  }

  /** Sets the counter anew at every scrape, from a number that only grows. */
  #counter(name: string, help: string, labelNames: readonly string[], add: (counter: Counter, status: AgentStatus) => void): void {
    const status = this.#status;
    const collect = function (this: Counter): void {
      this.reset();
      add(this, status());
    };
    this.#registry.registerMetric(new Counter({ name, help, labelNames, registers: [], collect }));
  }
}

import { EXCLUSIONS } from '../model/exclusion.ts';
import { LOSS_REASONS } from '../model/gap.ts';
import { DROP_REASONS } from '../model/verdict.ts';
import type { AgentStatus, LimitStatus, OutputStatus } from './agent-status.ts';
import { AUDIT_COUNTERS } from './audit-counters.ts';
import { STAGE_COUNTERS } from './stage-counters.ts';
import type { Page } from './http-server.ts';
import { lineMetricsText } from './line-metrics-text.ts';
import { MetricRegistry } from './metric-registry.ts';
import { OUTPUT_COUNTERS, OUTPUT_GAUGES } from './output-metrics.ts';
import { addReloadMetrics } from './reload-metrics.ts';
import { TENANT_COUNTERS, TENANT_FALLBACKS, TENANT_GAUGES } from './tenant-metrics.ts';

/** Prometheus metrics: the numbers stay where they are counted and are copied at a scrape. */
export class Metrics {
  readonly #status: () => AgentStatus;
  readonly #registry: MetricRegistry<AgentStatus>;
  readonly #gauge: MetricRegistry<AgentStatus>['gauge'];
  readonly #counter: MetricRegistry<AgentStatus>['counter'];

  constructor(version: string, status: () => AgentStatus) {
    const registry = new MetricRegistry(status);
    this.#status = status;
    this.#registry = registry;
    this.#gauge = (...metric) => registry.gauge(...metric);
    this.#counter = (...metric) => registry.counter(...metric);
    this.#gauge('logferry_build_info', 'Always 1; the version is in the label.', ['version'], (gauge) => gauge.set({ version }, 1));
    this.#perOutput();
    this.#requestsAndDrops();
    this.#stages();
    this.#unopened();
    this.#rates();
    this.#auditEvents();
    this.#auditTenants();
    this.#tenants();
    this.#labels();
    this.#lint();
    this.#kubernetes();
    this.#auditWebhook();
    addReloadMetrics(this.#registry);
    this.#agent();
  }

  async page(): Promise<Page> {
    const { outputs, nowMs } = this.#status();
    const ofLines = lineMetricsText(
      outputs.map(({ name: output, counters }) => ({ output, metrics: counters.lineMetrics })),
      nowMs,
    );
    const page = await this.#registry.page();
    return { ...page, body: page.body + ofLines };
  }

  #perOutput(): void {
    for (const [name, help, value] of OUTPUT_COUNTERS)
      this.#counter(name, help, ['output'], (counter, { outputs }) => {
        for (const output of outputs) counter.inc({ output: output.name }, value(output));
      });
    for (const [name, help, value] of OUTPUT_GAUGES)
      this.#gauge(name, help, ['output'], (gauge, { outputs }) => {
        for (const output of outputs) gauge.set({ output: output.name }, value(output));
      });
  }

  #reasonCounter<Reason extends string>(
    { name, help, reasons }: { readonly name: string; readonly help: string; readonly reasons: readonly Reason[] },
    values: (output: OutputStatus) => Readonly<Record<Reason, number>>,
  ): void {
    this.#counter(name, help, ['output', 'reason'], (counter, { outputs }) => {
      for (const output of outputs) for (const reason of reasons) counter.inc({ output: output.name, reason }, values(output)[reason]);
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
    this.#reasonCounter(
      { name: 'logferry_dropped_entries_total', help: 'Entries that were given up, by reason.', reasons: DROP_REASONS },
      ({ totals }) => totals.droppedEntries,
    );
    this.#reasonCounter(
      { name: 'logferry_losses_total', help: 'How often bytes were gone before they were read, by reason.', reasons: LOSS_REASONS },
      ({ totals }) => totals.losses,
    );
    const help = 'Bytes of log files that are not going to be in the store, as far as they were seen, by reason.';
    this.#reasonCounter(
      { name: 'logferry_lost_bytes_total', help, reasons: [...LOSS_REASONS, ...DROP_REASONS] },
      ({ totals }) => totals.droppedBytes,
    );
  }

  #stages(): void {
    for (const { name, help, label, samples } of STAGE_COUNTERS)
      this.#counter(name, help, ['output', label], (counter, { outputs }) => {
        for (const { name: output, counters } of outputs)
          for (const [value, count] of samples(counters)) counter.inc({ output, [label]: value }, count);
      });
  }

  #unopened(): void {
    const help =
      'Logs that could not be opened at the last scan: unmounted is a link into a directory that is not there, outside_roots one that leads out of containers.allowed_roots, another_pod one to the log of another.';
    this.#gauge('logferry_unopened_logs', help, ['output', 'reason'], (gauge, { outputs }) => {
      gauge.reset();
      for (const { name, unopened } of outputs) for (const [reason, count] of unopened) gauge.set({ output: name, reason }, count);
    });
  }

  #rates(): void {
    const waiting = 'Logs that are over a rate of limits.rules and wait on disk.';
    this.#gauge('logferry_limited_sources', waiting, ['output', 'namespace'], (gauge, { outputs }) => {
      gauge.reset();
      for (const { name: output, limits } of outputs)
        for (const { namespace, waiting: logs } of limits) gauge.set({ output, namespace }, logs);
    });
    const counters: readonly [string, string, (limit: LimitStatus) => number][] = [
      ['logferry_paused_seconds_total', 'Seconds that logs have waited for rates, all of them added up.', (limit) => limit.pausedSeconds],
      ['logferry_over_limit_bytes_total', 'Bytes that a rule of limits.rules had dropped.', (limit) => limit.droppedBytes],
    ];
    for (const [name, help, value] of counters)
      this.#counter(name, help, ['output', 'namespace'], (counter, { outputs }) => {
        for (const { name: output, limits } of outputs)
          for (const limit of limits) counter.inc({ output, namespace: limit.namespace }, value(limit));
      });
  }

  #auditEvents(): void {
    for (const { name, help, labels, samples } of AUDIT_COUNTERS)
      this.#counter(name, help, ['output', ...labels], (counter, { outputs }) => {
        for (const { name: output, audit } of outputs)
          for (const sample of audit === null ? [] : samples(audit)) counter.inc({ output, ...sample.labels }, sample.count);
      });
  }

  #auditTenants(): void {
    const help = 'Whether the store keeps the tenant of audit events apart from others; absent while that is not known.';
    this.#gauge('logferry_audit_tenant_separated', help, ['output'], (gauge, { outputs }) => {
      gauge.reset();
      for (const { name, isTenantSeparated } of outputs)
        if (isTenantSeparated !== null) gauge.set({ output: name }, isTenantSeparated ? 1 : 0);
    });
  }

  #tenants(): void {
    for (const { name, help, samples } of TENANT_COUNTERS)
      this.#counter(name, help, ['output', 'tenant'], (counter, { outputs }) => {
        for (const output of outputs) for (const { labels, value } of samples(output)) counter.inc(labels, value);
      });
    for (const { name, help, samples } of TENANT_GAUGES)
      this.#gauge(name, help, ['output', 'tenant'], (gauge, { outputs }) => {
        gauge.reset();
        for (const output of outputs) for (const { labels, value } of samples(output)) gauge.set(labels, value);
      });
    this.#reasonCounter(TENANT_FALLBACKS, ({ counters }) => counters.tenantFallbacks);
  }

  #labels(): void {
    const values = 'Values that a label has taken within a day, of at most labels.max_values.';
    this.#gauge('logferry_label_values', values, ['label'], (gauge, { labelUse }) => {
      gauge.reset();
      for (const [label, use] of labelUse) gauge.set({ label }, use.values);
    });
    const demotions = 'Times that a label became structured metadata, of a new log or of an entry, since it had too many values.';
    this.#counter('logferry_demoted_labels_total', demotions, ['label'], (counter, { labelUse }) => {
      for (const [label, use] of labelUse) counter.inc({ label }, use.demotions);
    });
  }

  #lint(): void {
    const help = 'Share of the bytes of a container of which something could be better, by what; see docs/lint-logs.md.';
    this.#gauge('logferry_lint_bytes_ratio', help, ['namespace', 'container', 'finding'], (gauge, { lint }) => {
      gauge.reset();
      for (const { share, ...labels } of lint) gauge.set(labels, share);
    });
  }

  #kubernetes(): void {
    this.#gauge('logferry_kubernetes_pods', 'Pods of this node that the API server has told of.', [], (gauge, { kubernetes }) => {
      if (kubernetes !== null) gauge.set(kubernetes.pods);
    });
    this.#counter('logferry_kubernetes_lists_total', 'Full lists of pods asked for.', [], (counter, { kubernetes }) => {
      counter.inc(kubernetes?.lists ?? 0);
    });
    const ends = 'Watches of pods that ended, by reason; closed is how one should.';
    this.#counter('logferry_kubernetes_watch_restarts_total', ends, ['reason'], (counter, { kubernetes }) => {
      for (const [reason, count] of Object.entries(kubernetes?.restarts ?? {})) counter.inc({ reason }, count);
    });
    const requests = 'Requests to the API server by HTTP status, or by what kept an answer away.';
    this.#counter('logferry_kubernetes_requests_total', requests, ['code'], (counter, { kubernetes }) => {
      for (const [code, count] of kubernetes?.requests ?? []) counter.inc({ code }, count);
    });
  }

  #auditWebhook(): void {
    const counters: readonly [string, string, 'batches' | 'events' | 'malformedEvents' | 'filteredEvents'][] = [
      ['batches', 'Batches of audit events that API servers were told to be on disk.', 'batches'],
      ['events', 'Audit events in them that were spooled.', 'events'],
      ['malformed_events', 'Items in them that were no audit events.', 'malformedEvents'],
      ['filtered_events', 'Events in them that audit.policy_file leaves out.', 'filteredEvents'],
    ];
    for (const [name, help, value] of counters)
      this.#counter(`logferry_audit_webhook_${name}_total`, help, [], (counter, { auditWebhook }) =>
        counter.inc(auditWebhook?.counters[value] ?? 0),
      );
    const refusals = 'Batches that got another answer, by reason; an API server gives a batch up after five.';
    this.#counter('logferry_audit_webhook_refused_total', refusals, ['reason'], (counter, { auditWebhook }) => {
      for (const [reason, count] of Object.entries(auditWebhook?.counters.refused ?? {})) counter.inc({ reason }, count);
    });
    const spool = 'Bytes of received events on disk, of at most audit.webhook.spool_bytes.';
    this.#gauge('logferry_audit_webhook_spool_bytes', spool, [], (gauge, { auditWebhook }) => gauge.set(auditWebhook?.spoolBytes ?? 0));
  }

  #agent(): void {
    this.#counter('logferry_scans_total', 'Scans of the log directories.', [], (counter, { scans }) => counter.inc(scans));
    this.#counter('logferry_refused_links_total', "Links that lead to no container's log.", [], (counter, s) =>
      counter.inc(s.refusedLinks),
    );
    const excluded = 'Logs that a rule or their owner leaves out, by reason; the name of an agent is the convention that the owner used.';
    this.#gauge('logferry_excluded_logs', excluded, ['reason'], (gauge, s) => {
      for (const reason of EXCLUSIONS) gauge.set({ reason }, s.excluded.get(reason) ?? 0);
    });
    this.#counter('logferry_checkpoint_failures_total', 'Checkpoints that could not be written.', [], (counter, s) =>
      counter.inc(s.checkpointFailures),
    );
    this.#gauge('logferry_checkpoint_age_seconds', 'Seconds since positions were last known to be on disk.', [], (gauge, s) =>
      gauge.set(s.checkpointAgeSeconds),
    );
    this.#gauge('logferry_open_files', 'Log files that are open, of at most limits.open_files.', [], (gauge, s) => gauge.set(s.openFiles));
    this.#gauge(
      'logferry_seconds_until_loss',
      'Seconds until the kubelet deletes the first byte that is not stored, at the rate logs grow; +Inf when none is behind.',
      [],
      (gauge, s) => gauge.set(s.secondsUntilLoss),
    );
    this.#counter('process_cpu_seconds_total', 'User and system CPU time.', [], (counter, s) => counter.inc(s.cpuSeconds));
    this.#gauge('process_resident_memory_bytes', 'Resident memory.', [], (gauge, s) => gauge.set(s.residentBytes));
  }
}

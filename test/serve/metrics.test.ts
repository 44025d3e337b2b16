import { describe, expect, test } from 'vitest';
import { AuditCounts } from '../../agent/audit/audit-counts.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Counters, STAGE_FAULTS } from '../../agent/model/counters.ts';
import { EXCLUSIONS } from '../../agent/model/exclusion.ts';
import { SHAPES } from '../../agent/model/shape.ts';
import { HttpServer } from '../../agent/serve/http-server.ts';
import type { AgentStatus } from '../../agent/serve/agent-status.ts';
import { Metrics } from '../../agent/serve/metrics.ts';

function statusOf(counters: Counters, totals: LedgerTotals = new LedgerTotals()): AgentStatus {
  return {
    nowMs: 0,
    outputs: [
      {
        name: 'loki',
        counters,
        totals,
        sources: 3,
        unreadBytes: 40,
        deletedBytes: 4,
        unbalancedBytes: 0,
        heldBytes: 50,
        queuedBatches: 6,
        inFlight: 7,
        window: 8,
        batchTargetBytes: 900,
        unopened: new Map([['outside_roots', 2]]),
        limits: [{ namespace: 'shop', waiting: 2, pausedSeconds: 1.5, droppedBytes: 70 }],
        audit: null,
        tenants: [
          { tenant: 'a', storedEntries: 1, sentBytes: 2, retries: 3, heldBytes: 4, queuedBatches: 5, isReachable: false },
          { tenant: '', storedEntries: 0, sentBytes: 0, retries: 0, heldBytes: 0, queuedBatches: 0, isReachable: null },
        ],
        isTenantSeparated: null,
      },
    ],
    kubernetes: null,
    reload: {
      state: 'refused',
      reasons: ['config.yaml: not valid'],
      digest: 'abc',
      sinceSeconds: 1_714_564_800,
      outcomes: { applied: 3, unchanged: 0, refused: 2, failed: 0 },
      deferredParts: 1,
    },
    scans: 8,
    refusedLinks: 9,
    labelUse: new Map([['app', { values: 12, demotions: 3 }]]),
    lint: [{ namespace: 'shop', container: 'app', finding: 'no_level', share: 0.25 }],
    excluded: new Map([['fluent_bit', 3]]),
    checkpointFailures: 10,
    checkpointAgeSeconds: 0.5,
    openFiles: 11,
    secondsUntilLoss: Number.POSITIVE_INFINITY,
    cpuSeconds: 1.25,
    residentBytes: 1000,
  };
}

async function scrape(metrics: Metrics): Promise<{ readonly contentType: string; readonly text: string }> {
  await using server = await HttpServer.listen({ host: '127.0.0.1', port: 0 }, { '/metrics': () => metrics.page() });
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  return { contentType: response.headers.get('content-type') ?? '', text: await response.text() };
}

const REFUSED = [
  'too_old',
  'too_far_in_future',
  'too_far_behind',
  'line_too_long',
  'bad_labels',
  'bad_metadata',
  'invalid',
  'too_large',
  'policy_blocked',
  'poison',
  'over_limit',
];
const UNREAD = ['deleted_unread', 'truncated', 'held_too_long', 'damaged', 'unreadable'];

function zeros(name: string, reasons: readonly string[]): Record<string, number> {
  return Object.fromEntries(reasons.map((reason) => [`${name}{output="loki",reason="${reason}"}`, 0]));
}

function ofTenant(tenant: string, values: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [`logferry_tenant_${name}{output="loki",tenant="${tenant}"}`, value]));
}

function samples(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), numberOf(line.slice(line.lastIndexOf(' ')).trim())]),
  );
}

function numberOf(text: string): number {
  return text === '+Inf' || text === 'Infinity' ? Number.POSITIVE_INFINITY : Number(text);
}

describe(Metrics, () => {
  test('every counter exists at 0 before anything has happened', async () => {
    const { contentType, text } = await scrape(new Metrics('1.2.3', () => statusOf(new Counters())));
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(samples(text)).toStrictEqual({
      'logferry_build_info{version="1.2.3"}': 1,
      'logferry_read_bytes_total{output="loki"}': 0,
      'logferry_read_records_total{output="loki"}': 0,
      'logferry_malformed_records_total{output="loki"}': 0,
      'logferry_sent_entries_total{output="loki"}': 0,
      'logferry_acked_entries_total{output="loki"}': 0,
      'logferry_sent_bytes_total{output="loki"}': 0,
      'logferry_retries_total{output="loki"}': 0,
      'logferry_read_errors_total{output="loki"}': 0,
      'logferry_partial_metadata_sources_total{output="loki"}': 0,
      ...Object.fromEntries(EXCLUSIONS.map((reason) => [`logferry_excluded_logs{reason="${reason}"}`, reason === 'fluent_bit' ? 3 : 0])),
      'logferry_label_values{label="app"}': 12,
      'logferry_lint_bytes_ratio{namespace="shop",container="app",finding="no_level"}': 0.25,
      'logferry_demoted_labels_total{label="app"}': 3,
      'logferry_config_reloads_total{outcome="applied"}': 3,
      'logferry_config_reloads_total{outcome="unchanged"}': 0,
      'logferry_config_reloads_total{outcome="refused"}': 2,
      'logferry_config_reloads_total{outcome="failed"}': 0,
      logferry_config_in_force: 0,
      logferry_config_last_reload_success_timestamp_seconds: 1_714_564_800,
      'logferry_config_info{hash="abc"}': 1,
      logferry_config_deferred_parts: 1,
      logferry_audit_webhook_batches_total: 0,
      logferry_audit_webhook_events_total: 0,
      logferry_audit_webhook_filtered_events_total: 0,
      logferry_audit_webhook_malformed_events_total: 0,
      logferry_audit_webhook_spool_bytes: 0,
      logferry_kubernetes_lists_total: 0,
      logferry_kubernetes_pods: 0,
      'logferry_seen_bytes_total{output="loki"}': 0,
      'logferry_acked_bytes_total{output="loki"}': 0,
      'logferry_filtered_bytes_total{output="loki"}': 0,
      ...Object.fromEntries(STAGE_FAULTS.map((fault) => [`logferry_stage_faults_total{output="loki",fault="${fault}"}`, 0])),
      ...Object.fromEntries(SHAPES.map((shape) => [`logferry_redactions_total{output="loki",shape="${shape}"}`, 0])),
      ...zeros('logferry_dropped_entries_total', REFUSED),
      ...zeros('logferry_losses_total', UNREAD),
      ...zeros('logferry_lost_bytes_total', [...REFUSED, ...UNREAD]),
      'logferry_limited_sources{output="loki",namespace="shop"}': 2,
      'logferry_paused_seconds_total{output="loki",namespace="shop"}': 1.5,
      'logferry_over_limit_bytes_total{output="loki",namespace="shop"}': 70,
      'logferry_sources{output="loki"}': 3,
      ...zeros('logferry_tenant_fallbacks_total', ['not_allowed', 'too_many']),
      ...ofTenant('a', { acked_entries_total: 1, sent_bytes_total: 2, retries_total: 3, held_bytes: 4, queued_batches: 5, reachable: 0 }),
      ...ofTenant('', { acked_entries_total: 0, sent_bytes_total: 0, retries_total: 0, held_bytes: 0, queued_batches: 0 }),
      'logferry_unread_bytes{output="loki"}': 40,
      'logferry_deleted_bytes{output="loki"}': 4,
      'logferry_in_flight_bytes{output="loki"}': 0,
      'logferry_ledger_unbalanced_bytes{output="loki"}': 0,
      'logferry_held_bytes{output="loki"}': 50,
      'logferry_output_window{output="loki"}': 8,
      'logferry_output_batch_target_bytes{output="loki"}': 900,
      'logferry_queued_batches{output="loki"}': 6,
      'logferry_in_flight_batches{output="loki"}': 7,
      'logferry_unopened_logs{output="loki",reason="outside_roots"}': 2,
      logferry_scans_total: 8,
      logferry_refused_links_total: 9,
      logferry_checkpoint_failures_total: 10,
      logferry_checkpoint_age_seconds: 0.5,
      logferry_open_files: 11,
      logferry_seconds_until_loss: Number.POSITIVE_INFINITY,
      process_cpu_seconds_total: 1.25,
      process_resident_memory_bytes: 1000,
    });
  });

  test('what Kubernetes was asked for, and how watches ended', async () => {
    const kubernetes = { pods: 4, lists: 2, restarts: { closed: 3, expired: 0 }, requests: new Map([['200', 5]]) };
    const { text } = await scrape(new Metrics('1.2.3', () => ({ ...statusOf(new Counters()), kubernetes })));
    expect(samples(text)).toMatchObject({
      logferry_kubernetes_pods: 4,
      logferry_kubernetes_lists_total: 2,
      'logferry_kubernetes_watch_restarts_total{reason="closed"}': 3,
      'logferry_kubernetes_watch_restarts_total{reason="expired"}': 0,
      'logferry_kubernetes_requests_total{code="200"}': 5,
    });
  });

  test('what API servers have posted', async () => {
    const refused = { unauthorized: 5, disk: 0 };
    const counters = { batches: 1, events: 2, malformedEvents: 3, filteredEvents: 4, refused };
    const { text } = await scrape(new Metrics('1.2.3', () => ({ ...statusOf(new Counters()), auditWebhook: { counters, spoolBytes: 6 } })));
    expect(samples(text)).toMatchObject({
      logferry_audit_webhook_batches_total: 1,
      logferry_audit_webhook_events_total: 2,
      logferry_audit_webhook_malformed_events_total: 3,
      logferry_audit_webhook_filtered_events_total: 4,
      'logferry_audit_webhook_refused_total{reason="unauthorized"}': 5,
      'logferry_audit_webhook_refused_total{reason="disk"}': 0,
      logferry_audit_webhook_spool_bytes: 6,
    });
  });

  test('what became of audit events, of the outputs that take them', async () => {
    const audit = new AuditCounts();
    audit.events.Metadata.ResponseComplete = 5;
    audit.forbidden.secrets = 7;
    audit.filtered.stage = 1;
    audit.unparsable['cut-off'] = 2;
    audit.removed.set('secrets', 3);
    audit.masked.named = 4;
    audit.truncated.requestObject = 6;
    const status = statusOf(new Counters());
    const outputs = [...status.outputs, ...status.outputs.map((output) => ({ ...output, name: 'loki.audit', audit }))];
    const { text } = await scrape(new Metrics('1.2.3', () => ({ ...status, outputs })));
    const shown = Object.entries(samples(text)).filter(([name]) => /^logferry_audit_(?!webhook)/.test(name));
    expect(Object.fromEntries(shown.filter(([, count]) => count > 0))).toStrictEqual({
      'logferry_audit_events_total{output="loki.audit",level="Metadata",stage="ResponseComplete"}': 5,
      'logferry_audit_forbidden_total{output="loki.audit",resource="secrets"}': 7,
      'logferry_audit_filtered_total{output="loki.audit",reason="stage"}': 1,
      'logferry_audit_unparsable_total{output="loki.audit",reason="cut-off"}': 2,
      'logferry_audit_removed_bodies_total{output="loki.audit",held="secrets"}': 3,
      'logferry_audit_masked_total{output="loki.audit",mask="named"}': 4,
      'logferry_audit_truncated_fields_total{output="loki.audit",field="requestObject"}': 6,
    });
    // All that can be is there before it happens, but what was held.
    expect(shown.filter(([name]) => name.startsWith('logferry_audit_events_total'))).toHaveLength(12);
    expect(shown.filter(([name]) => !name.includes('output="loki.audit"'))).toEqual([]);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])('whether audit events are apart is there once it is known (%s)', async (isTenantSeparated, expected) => {
    const status = statusOf(new Counters());
    const outputs = status.outputs.map((output) => ({ ...output, isTenantSeparated }));
    const { text } = await scrape(new Metrics('1.2.3', () => ({ ...status, outputs })));
    expect(samples(text)).toMatchObject({ 'logferry_audit_tenant_separated{output="loki"}': expected });
  });

  test('counters are those of the moment, however often they are scraped', async () => {
    const counters = new Counters();
    const totals = new LedgerTotals();
    const metrics = new Metrics('1.2.3', () => statusOf(counters, totals));
    counters.readBytes = 5;
    counters.redactions.email = 4;
    counters.countFiltered('noise');
    counters.countFault('time_far');
    totals.droppedEntries.invalid = 2;
    counters.countRequest('204');
    counters.countRequest('204');
    counters.countRequest('timeout');
    await scrape(metrics);
    expect(samples((await scrape(metrics)).text)).toMatchObject({
      'logferry_read_bytes_total{output="loki"}': 5,
      'logferry_redactions_total{output="loki",shape="email"}': 4,
      'logferry_filtered_entries_total{output="loki",reason="noise"}': 1,
      'logferry_stage_faults_total{output="loki",fault="time_far"}': 1,
      'logferry_dropped_entries_total{output="loki",reason="invalid"}': 2,
      'logferry_requests_total{output="loki",status="204"}': 2,
      'logferry_requests_total{output="loki",status="timeout"}': 1,
    });
  });

  test('names follow the conventions: a prefix, base units, _total on counters alone, help for all', async () => {
    const { text } = await scrape(new Metrics('1.2.3', () => statusOf(new Counters())));
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type] as const);
    expect(types.length).toBeGreaterThan(20);
    for (const [name, type] of types) {
      expect(name).toMatch(/^(?:logferry|process)_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toStrictEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(?:ms|millis|kb|mb)(?:_|$)/);
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.*\\.$`, 'm'));
    }
  });

  test('two agents in one process do not share metrics', async () => {
    const first = new Metrics('1', () => statusOf(new Counters()));
    const second = new Metrics('2', () => statusOf(new Counters()));
    expect((await scrape(first)).text).toContain('version="1"');
    expect((await scrape(second)).text).not.toContain('version="1"');
  });
});

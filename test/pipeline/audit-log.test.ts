import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { auditNames, containerParts } from '../../agent/assembly/output-parts.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { AuditWriter, PLANTED } from '../support/audit-writer.ts';
import { tempDir } from '../support/temp-dir.ts';

const BIG = 3_000_000;

interface AuditBench extends AsyncDisposable {
  readonly bench: AgentBench;
  readonly audit: AuditWriter;
  /** Events of the store, an id and its stage each. */
  readonly ids: () => string[];
  readonly nowSeconds: () => number;
}

async function auditBench(config: object = {}, audit: object = {}): Promise<AuditBench> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const writer = new AuditWriter(join(dir.path, 'audit', 'audit.log'));
  const bench = stack.use(
    await AgentBench.create({
      loki: { auth: true },
      config: { cluster: 'c1', audit: { log_path: writer.live, ...audit }, ...config },
      output: { tenant: 'apps' },
    }),
  );
  return {
    bench,
    audit: writer,
    ids: () => auditEntries(bench).map(({ line }) => idOf(line)),
    nowSeconds: () => Math.floor(bench.clock.now() / 1000),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function auditEntries({ loki }: AgentBench): ReturnType<AgentBench['loki']['entries']> {
  return loki.entries().filter(({ stream }) => stream.tenant === 'audit');
}

function idOf(line: Buffer): string {
  const { auditID, stage } = JSON.parse(line.toString()) as { auditID: string; stage: string };
  return `${auditID} ${stage}`;
}

async function isBalanced(bench: AgentBench): Promise<boolean> {
  return (await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki.audit"}')) === 0;
}

describe('the audit log of an API server', () => {
  test('I5 each event comes as it stands, as a tenant of its own, in the stream of its stage, with what to look for beside it', async () => {
    await using setup = await auditBench();
    const { bench, audit, nowSeconds } = setup;
    const container = bench.logs.start({ namespace: 'shop', pod: 'p', container: 'app' });
    const received = audit.write({ seconds: nowSeconds(), stage: 'RequestReceived' });
    const complete = audit.write({ seconds: nowSeconds(), code: 403 });
    container.log.print('hello\n');
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 3);
    const entries = auditEntries(bench).map(({ stream, line, metadata, nanos }) => ({
      labels: stream.labels,
      line: line.toString(),
      metadata,
      nanos,
    }));
    const labels = { job: 'kube-audit', service_name: 'kube-apiserver', node_name: 'node-1', cluster: 'c1' };
    const common = [
      ['user', 'ann'],
      ['verb', 'create'],
      ['resource', 'pods'],
    ];
    expect(entries.toSorted((a, b) => (a.line < b.line ? -1 : 1))).toEqual([
      {
        labels: { ...labels, stage: 'RequestReceived' },
        line: received,
        metadata: [...common, ['code', '200'], ['namespace', 'shop'], ['audit_id', 'id-0']],
        nanos: 0,
      },
      {
        labels: { ...labels, stage: 'ResponseComplete' },
        line: complete,
        metadata: [...common, ['code', '403'], ['namespace', 'shop'], ['audit_id', 'id-1']],
        nanos: 0,
      },
    ]);
    expect(bench.loki.entries().find(({ line }) => line.toString() === 'hello')?.stream.tenant).toBe('apps');
    expect(await isBalanced(bench)).toBe(true);
  });

  test('I5 no value of a secret leaves, an event of any length does, and one that breaks off at the end of a file is told', async () => {
    await using setup = await auditBench();
    const { bench, audit, ids, nowSeconds } = setup;
    const requestObject = { kind: 'Secret', data: { password: PLANTED } };
    audit.write({ seconds: nowSeconds(), level: 'Request', resource: 'secrets', requestObject });
    audit.write({
      seconds: nowSeconds(),
      level: 'Request',
      resource: 'secrets',
      requestObject: { kind: 'Secret', data: { password: PLANTED.repeat(BIG / PLANTED.length) } },
    });
    audit.write({ seconds: nowSeconds(), level: 'Request', requestObject: { kind: 'Pod', noise: 'x'.repeat(BIG) } });
    appendFileSync(audit.live, audit.line({ seconds: nowSeconds(), level: 'Request', resource: 'secrets', requestObject }).slice(0, 420));
    audit.rotate();
    audit.write({ seconds: nowSeconds() });
    await bench.start();
    await bench.until(() => ids().length === 5);
    expect(await bench.globalMetric('logferry_audit_removed_bodies_total{output="loki.audit",held="secrets"}')).toBe(1);
    expect(await bench.globalMetric('logferry_audit_unparsable_total{output="loki.audit",reason="cut-off"}')).toBe(1);
    expect(await bench.globalMetric('logferry_malformed_records_total{output="loki.audit"}')).toBe(1);
    expect(auditEntries(bench).filter(({ line }) => line.includes('PLANTED') || line.length > 262_144)).toEqual([]);
    expect(ids()).toEqual(audit.written.map((id, n) => (n === 3 ? expect.stringContaining('id-3') : id)));
    expect(await isBalanced(bench)).toBe(true);
  });

  test('I5 I9 an event behind one that an API server left torn comes as it stands', async () => {
    await using setup = await auditBench({ checkpoint: { interval_seconds: 1 } });
    const { bench, audit, ids, nowSeconds } = setup;
    const first = audit.write({ seconds: nowSeconds() });
    appendFileSync(audit.live, audit.line({ seconds: nowSeconds() }).slice(0, 200));
    const whole = audit.write({ seconds: nowSeconds() });
    const entries = (): string[] => auditEntries(bench).map(({ line }) => line.toString());
    await bench.start();
    await bench.until(() => ids().length === 3);
    expect(entries()).toEqual([first, expect.stringContaining('"logferry.io/unparsable":"cut-off, 200 bytes"'), whole]);
    expect(await bench.globalMetric('logferry_malformed_records_total{output="loki.audit"}')).toBe(1);
    expect(await isBalanced(bench)).toBe(true);
    await bench.stopInTime();
    const next = audit.write({ seconds: nowSeconds() });
    await bench.start();
    await bench.until(() => ids().length === 4);
    expect(entries()[3]).toBe(next);
    expect(await isBalanced(bench)).toBe(true);
  });

  test('I8 I9 over kills, rotations and compression every event is stored, and comes again byte for byte the same', async () => {
    await using setup = await auditBench({ checkpoint: { interval_seconds: 3600 } });
    const { bench, audit, ids, nowSeconds } = setup;
    for (let life = 0; life < 4; life += 1) {
      for (let n = 0; n < 40; n += 1) audit.write({ seconds: nowSeconds() + (n >> 3) });
      await bench.start();
      await bench.until(() => new Set(ids()).size >= audit.written.length - 20);
      audit.write({ seconds: nowSeconds() });
      await bench.kill();
      audit.rotate({ compressed: life % 2 === 0 });
      audit.write({ seconds: nowSeconds() });
    }
    await bench.start();
    await bench.until(() => new Set(ids()).size === audit.written.length);
    const entries = auditEntries(bench).map(({ seconds, nanos, line, metadata, stream }) =>
      JSON.stringify([stream, seconds, nanos, line.toString(), metadata]),
    );
    expect(new Set(entries).size).toBe(audit.written.length);
    expect(entries.length).toBeGreaterThan(audit.written.length);
    expect(await isBalanced(bench)).toBe(true);
  });

  test('I5 what a policy of the node leaves out is counted as filtered', async () => {
    await using dir = await tempDir();
    const policy = join(dir.path, 'policy.yaml');
    appendFileSync(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n  namespaces: [noise]\n- level: Metadata\n');
    await using setup = await auditBench({}, { policy_file: policy });
    const { bench, audit, ids, nowSeconds } = setup;
    const filtered = audit.write({ seconds: nowSeconds(), namespace: 'noise' });
    audit.write({ seconds: nowSeconds() });
    await bench.start();
    await bench.until(() => ids().length === 1);
    expect(ids()).toEqual(['id-1 ResponseComplete']);
    expect(await bench.globalMetric('logferry_audit_filtered_total{output="loki.audit",reason="level-none"}')).toBe(1);
    expect(await bench.globalMetric('logferry_filtered_bytes_total{output="loki.audit"}')).toBe(filtered.length + 1);
    expect(await isBalanced(bench)).toBe(true);
  });

  test('a user who is refused secrets again and again is told of', async () => {
    await using setup = await auditBench();
    const { bench, audit, ids, nowSeconds } = setup;
    for (let n = 0; n < 10; n += 1) audit.write({ seconds: nowSeconds(), resource: 'secrets', code: 403 });
    await bench.start();
    await bench.until(() => ids().length === 10);
    expect(bench.log.said.filter(({ message }) => message.startsWith('a user is refused secrets'))).toMatchObject([
      { fields: { user: 'ann', requests: 10, seconds: 60 } },
    ]);
    expect(await bench.globalMetric('logferry_audit_forbidden_total{output="loki.audit",resource="secrets"}')).toBe(10);
  });

  test('what is removed unread while the agent is away leaves a record in the stream of complete events', async () => {
    await using setup = await auditBench();
    const { bench, audit, ids, nowSeconds } = setup;
    audit.write({ seconds: nowSeconds() });
    await bench.start();
    await bench.until(() => ids().length === 1);
    await bench.stopInTime();
    audit.write({ seconds: nowSeconds() });
    audit.rotate();
    audit.removeRotated();
    await bench.start();
    await bench.until(() => auditEntries(bench).length === 2);
    const [, record] = auditEntries(bench);
    expect(record?.stream.labels['stage']).toBe('ResponseComplete');
    expect(record?.metadata).toContainEqual(['gap', 'deleted_unread']);
  });
});

function partsOf(
  outputs: readonly object[],
  audit: object = { log_path: '/var/log/audit.log' },
): { containers: string[]; audit: string[] } {
  const written = outputs.map((output) => ({ type: 'loki', url: 'http://loki/loki/api/v1/push', ...output }));
  const parsed = parseConfig('test', JSON.stringify({ outputs: written, audit }), { env: {}, hostname: 'n' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { config } = parsed;
  return { containers: containerParts(config).map(({ name }) => name), audit: auditNames(config) };
}

describe('parts of outputs', () => {
  test('an output takes container logs, audit events, or both', () => {
    const outputs = [{ name: 'a' }, { name: 'b', logs: ['audit'] }, { name: 'c', logs: ['containers'] }];
    expect(partsOf(outputs)).toEqual({ containers: ['a', 'c'], audit: ['a.audit', 'b.audit'] });
    expect(partsOf(outputs, {})).toEqual({ containers: ['a', 'c'], audit: [] });
  });

  test('I3 memory is divided among those that take the same, and audit events have their own', () => {
    expect(() => partsOf([{ name: 'a', logs: ['audit'], batch_bytes: 4_194_304 }], { log_path: '/a', memory_bytes: 2_000_000 })).toThrow(
      'too little for the batches',
    );
  });
});

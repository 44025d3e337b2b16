import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { AuditWriter } from '../support/audit-writer.ts';
import { tempDir } from '../support/temp-dir.ts';

const METRIC = 'logferry_audit_tenant_separated{output="loki.audit"}';

async function benchOf(auth: boolean, config: object = {}) {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const audit = new AuditWriter(join(dir.path, 'audit', 'audit.log'));
  const bench = stack.use(
    await AgentBench.create({ loki: { auth }, config: { audit: { log_path: audit.live }, ...config }, output: { tenant: 'apps' } }),
  );
  const warnings = (): object[] => bench.log.said.filter(({ message }) => message.startsWith('the store keeps tenants together'));
  return { bench, audit, warnings, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('the tenant of audit events', () => {
  test('a store without tenants takes them, and the agent says where they lie', async () => {
    await using setup = await benchOf(false);
    const { bench, audit, warnings } = setup;
    audit.write({ seconds: Math.floor(bench.clock.now() / 1000) });
    await bench.start();
    await bench.until(() => warnings().length > 0 && bench.loki.entries().length === 1);
    expect(await bench.globalMetric(METRIC)).toBe(0);
    await bench.clock.advance(120_000);
    expect(warnings()).toMatchObject([{ level: 'warn', fields: { output: 'loki.audit', tenant: 'audit' } }]);
  });

  test('a store with tenants that is down at the start is asked when it is up', async () => {
    await using setup = await benchOf(true);
    const { bench, warnings } = setup;
    await bench.loki.down();
    await bench.start();
    await bench.clock.advance(30_000);
    expect(await bench.globalMetric(METRIC)).toBeNaN();
    await bench.loki.up();
    await bench.until(async () => (await bench.globalMetric(METRIC)) === 1);
    expect(warnings()).toStrictEqual([]);
  });

  test('a store that is down does not hold up the end of the agent', async () => {
    await using setup = await benchOf(true);
    await setup.bench.loki.down();
    await setup.bench.start();
    await setup.bench.stopInTime();
    expect(setup.bench.log.messages).toContain('agent stopped');
  });

  test('where only container logs are shipped nobody asks', async () => {
    await using setup = await benchOf(false, { audit: {} });
    await setup.bench.start();
    await setup.bench.clock.advance(60_000);
    expect(setup.warnings()).toStrictEqual([]);
    expect(setup.bench.loki.requests).toStrictEqual([]);
  });
});

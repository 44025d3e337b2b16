import { onTestFinished } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench, type AgentBenchOptions } from './agent-bench.ts';
import type { SeenRequest } from './fake-loki.ts';

/** Tenants `team-…`, each the owner of the namespace of that name. */
const BY_NAMESPACE: Readonly<Record<string, unknown>> = {
  tenants: { allowed: ['team-*'] },
  routes: [{ logs: { namespace: 'team-*' }, tenant: '{namespace}' }],
};

/** An agent before a store with tenants, whose own is `shared`; by default namespaces are tenants. */
export async function tenantBench({ config = {}, output = {}, ...others }: AgentBenchOptions = {}): Promise<AgentBench> {
  const bench = await AgentBench.create({
    config: { ...BY_NAMESPACE, ...config },
    output: { tenant: 'shared', ...output },
    loki: { auth: true, deduplicate: false },
    ...others,
  });
  onTestFinished(() => bench[Symbol.asyncDispose]());
  return bench;
}

export function startIn(bench: AgentBench, namespace: string, container = 'web'): RunningContainer {
  return bench.logs.start({ namespace, pod: `pod-${container}`, container, uid: `u-${namespace}-${container}` });
}

/** By tenant, the lines that are stored, in the order in which they came. */
export function linesByTenant(bench: AgentBench): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const { stream, line } of bench.loki.entries()) (lines[stream.tenant] ??= []).push(line.toString());
  return lines;
}

/** Tells the pushes of a tenant. */
export function isOf(tenant: string): (request: SeenRequest) => boolean {
  return ({ headers }) => headers['x-scope-orgid'] === tenant;
}

import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { AgentBench, type AgentBenchOptions } from '../support/agent-bench.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';

/** The test's time runs ahead of sockets: what is to arrive is waited for as long as it takes. */
export const PATIENT: Readonly<Record<string, unknown>> = { metadata_wait_seconds: 36_000 };

/** An agent between a fake store and a fake API server. */
export async function benchOf(
  kubernetes: Readonly<Record<string, unknown>> = PATIENT,
  { config = {}, ...others }: AgentBenchOptions = {},
): Promise<{ bench: AgentBench; api: FakeApiServer }> {
  const api = await FakeApiServer.start();
  const bench = await AgentBench.create({ config: { kubernetes: { api_server: api.url, ...kubernetes }, ...config }, ...others });
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });
  return { bench, api };
}

/** Label sets under which lines are stored, each with its lines. */
export function streams(bench: AgentBench): { labels: Readonly<Record<string, string>>; lines: string[] }[] {
  const byName = new Map<string, { labels: Readonly<Record<string, string>>; lines: string[] }>();
  for (const { stream, line } of bench.loki.entries()) {
    const found = byName.get(JSON.stringify(stream.labels)) ?? { labels: stream.labels, lines: [] };
    byName.set(JSON.stringify(stream.labels), found);
    found.lines.push(line.toString());
  }
  return [...byName.values()];
}

/** Waits until the agent knows of so many pods. */
export function synced(bench: AgentBench, pods: number): Promise<void> {
  return bench.until(async () => (await bench.globalMetric('logferry_kubernetes_pods')) === pods);
}

/** Waits until the checkpoint on disk says of so many logs whose they are: the test's time runs ahead of the disk. */
export function remembered(bench: AgentBench, logs = 1): Promise<void> {
  const files = (): string[] => globSync(join(bench.stateDir, '*')).filter((path) => statSync(path).isFile());
  return bench.until(() => files().some((path) => readFileSync(path, 'utf8').split('"attribution"').length > logs));
}

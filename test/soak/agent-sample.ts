import { readdirSync, readFileSync } from 'node:fs';
import type { AgentProcess } from '../support/agent-process.ts';

/** What the agent uses at one moment. */
export interface AgentSample {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly sources: number;
  readonly unreadMiB: number;
  readonly heldMiB: number;
}

export async function sampleAgent(agent: AgentProcess): Promise<AgentSample> {
  const metrics = await agent.metrics(['logferry_sources', 'logferry_unread_bytes', 'logferry_held_bytes']);
  return {
    residentMiB: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))![1]) / 1024,
    descriptors: readdirSync(`/proc/${agent.pid}/fd`).length,
    sources: metrics.logferry_sources,
    unreadMiB: metrics.logferry_unread_bytes / 1_048_576,
    heldMiB: metrics.logferry_held_bytes / 1_048_576,
  };
}

import type { AgentProcess } from '../support/agent-process.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** A start takes about that long on a quiet machine. */
const START_MS = 450;
const DRAIN_MS = 40;

/** When one agent dies: before it is up, at work, or while it stops because of SIGTERM. */
export type Death =
  | { readonly during: 'start'; readonly afterMs: number }
  | { readonly during: 'work'; readonly afterMs: number }
  | { readonly during: 'drain'; readonly afterMs: number; readonly drainMs: number };

export function nextDeath(random: () => number): Death {
  const lot = random();
  if (lot < 0.15) return { during: 'start', afterMs: random() * START_MS };
  const afterMs = 200 + random() * 1400;
  return lot < 0.3 ? { during: 'drain', afterMs, drainMs: random() * DRAIN_MS } : { during: 'work', afterMs };
}

/** Lets a young agent live until its death. Returns false when the SIGTERM was enough; throws when the agent has ended by itself. */
export async function die(agent: AgentProcess, death: Death): Promise<boolean> {
  if (death.during !== 'start') await agent.listening();
  await sleep(death.afterMs);
  if (!agent.running) throw new Error(`an agent ended by itself:\n${agent.printed}`);
  if (death.during !== 'drain') {
    await agent.kill();
    return true;
  }
  const stopped = agent.stop().then(() => true);
  if (await Promise.race([stopped, sleep(death.drainMs, false)])) return false;
  await agent.kill();
  return true;
}

import { type Page, plain } from './http-server.ts';

/** A loop that has not come round for this long is stuck. */
const STUCK_MS = 60_000;

/** Monotonic times: the last round of a pipeline's polls, and when the turn under way began. */
export interface Beats {
  readonly beatMs: number;
  readonly turnSinceMs: number | null;
}

/** Liveness: the loops advance. A store that is down is no reason to restart. */
export function healthPage(pipelines: readonly Beats[], nowMs: number): Page {
  const stuck = pipelines.some(({ beatMs, turnSinceMs }) => nowMs - Math.min(beatMs, turnSinceMs ?? nowMs) > STUCK_MS);
  return stuck ? plain(503, 'stuck: polling or reading has not advanced for a minute\n') : plain(200, 'ok\n');
}

/** Readiness: the node was scanned, and a store can be reached or was not needed yet. */
export function readinessPage(scans: number, lanes: readonly { readonly name: string; readonly state: string }[]): Page {
  if (scans === 0) return plain(503, 'not ready: the log directories have not been scanned yet\n');
  const states = lanes.map(({ name, state }) => `output ${name}: ${state}\n`).join('');
  const usable = lanes.some(({ state }) => state === 'reachable' || state === 'untried');
  return usable ? plain(200, `ready\n${states}`) : plain(503, `not ready: no output can be reached\n${states}`);
}

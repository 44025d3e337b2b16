import type { ReloadStatus } from '../model/reload-status.ts';
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

/** Positions that are not written down for so long are no hiccup of a disk. */
const UNDURABLE_MS = 30_000;

interface LaneReadiness {
  /** Of the output. */
  readonly name: string;
  readonly tenant: string | null;
  readonly required: boolean;
  readonly state: string;
}

export interface Readiness {
  /** Scans of the log directories so far. */
  readonly scans: number;
  /** It is still hoped that the API server says which pods there are. */
  readonly awaitsPods: boolean;
  /** There is no room for audit events that API servers post. */
  readonly spoolIsFull: boolean;
  readonly lanes: readonly LaneReadiness[];
  /** Null or absent: the configuration stays as it is. */
  readonly reload?: ReloadStatus | null;
  /** Since when, on the monotonic clock, positions are not on disk, and why; null: they are. */
  readonly undurable: { readonly sinceMs: number; readonly why: string } | null;
}

/**
 * Readiness: the node was scanned, its pods are known or are not waited for any more, a store can be reached or was not needed yet, and a
 * crash would not repeat much; what API servers post has room. A configuration file that is refused is told of, and is no reason: another
 * one is in force. A disk that refuses it is not told of: who gets no posts would not notice its end.
 */
export function readinessPage({ scans, awaitsPods, spoolIsFull, lanes, undurable, reload = null }: Readiness, nowMs: number): Page {
  if (scans === 0) return plain(503, 'not ready: the log directories have not been scanned yet\n');
  const reasons: string[] = [];
  if (awaitsPods) reasons.push('the API server has not said yet which pods this node has');
  if (spoolIsFull) reasons.push('the spool of posted audit events is full (audit.webhook.spool_bytes), API servers are told to come again');
  const needed = lanes.some(({ required }) => required) ? lanes.filter(({ required }) => required) : lanes;
  if (!needed.some(({ state }) => state === 'reachable' || state === 'untried')) reasons.push('no output can be reached');
  const undurableMs = nowMs - (undurable?.sinceMs ?? nowMs);
  if (undurableMs > UNDURABLE_MS) {
    const forText = `for ${Math.round(undurableMs / 1000)} s`;
    reasons.push(`positions cannot be written ${forText} (${undurable?.why}), a restart would repeat entries; free or repair state_dir`);
  }
  const states =
    lanes.map((lane) => `output ${nameOf(lane, lanes)}: ${lane.state}\n`).join('') + (reload === null ? '' : configText(reload));
  if (reasons.length === 0) return plain(200, `ready\n${states}`);
  return plain(503, `${reasons.map((reason) => `not ready: ${reason}\n`).join('')}${states}`);
}

/** With the tenant where the output has several. */
function nameOf({ name, tenant }: LaneReadiness, lanes: readonly LaneReadiness[]): string {
  const isAlone = lanes.filter((lane) => lane.name === name).length === 1;
  return isAlone ? name : `${name}, ${tenant === null ? 'no tenant' : `tenant ${tenant}`}`;
}

/** Reasons stand in the log: whoever may read this page need not be one who may read a configuration. */
function configText({ state, digest, reasons }: ReloadStatus): string {
  if (state !== 'refused') return '';
  return `configuration file: not in force for ${reasons.length} reason(s), see the agent's log; in force is ${digest}\n`;
}

import { trouble } from '../../agent/kubernetes/trouble.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { type RequestRates, requestRates } from './request-rates.ts';

export interface FleetReport extends RequestRates {
  readonly name: string;
  /** From the end of what happened until every agent followed the pods of its node; null: more than ten minutes. */
  readonly settledMs: number | null;
}

const MINUTE_MS = 60_000;
const STEP_MS = 250;
/** What a node needs to end one pod of a DaemonSet and to begin the next: the image is there already. */
const REPLACE_MIN_MS = 1000;
const REPLACE_SPREAD_MS = 10_000;
/** Agents that a rollout replaces at once (manifests/base/daemonset.yaml, maxUnavailable). */
const UNAVAILABLE = 0.1;

/** What happens to a fleet, one thing after the other. */
const SCENARIOS: readonly (readonly [name: string, happens: (fleet: Fleet) => Promise<void> | void])[] = [
  ['all agents start at once', (fleet) => fleet.startAll()],
  ['20 minutes in which nothing happens', ({ clock }) => clock.advance(20 * MINUTE_MS)],
  ['one of three API servers restarts', ({ server }) => server.cut(trouble('closed', 'shutdown'), 3)],
  ['the API server is away for 20 s', outage],
  ['410 for all: history is compacted', compacted],
  ['429 for all for a minute', storm],
  ['a server for a 25th of the fleet a second', overload],
  ['rollout, a tenth of the nodes at once', rollout],
];

/** Lets each scenario happen to one fleet and tells what its API server saw meanwhile. */
export async function fleetReports(options: FleetOptions): Promise<FleetReport[]> {
  await using fleet = new Fleet(options);
  const reports: FleetReport[] = [];
  for (const [name, happens] of SCENARIOS) {
    fleet.server.requests = [];
    await happens(fleet);
    const beganMs = fleet.clock.monotonic();
    const isSettled = await settle(fleet);
    const settledMs = isSettled ? fleet.clock.monotonic() - beganMs : null;
    reports.push({ name, ...requestRates(fleet.server.requests), settledMs });
    fleet.server.limit = Number.POSITIVE_INFINITY;
    // Nobody should think of one scenario's failures in the next.
    await fleet.clock.advance(5 * MINUTE_MS);
  }
  return reports;
}

async function settle(fleet: Fleet): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 10 * MINUTE_MS; waitedMs += STEP_MS) {
    if (fleet.settled) return true;
    await fleet.clock.advance(STEP_MS);
  }
  return false;
}

async function outage({ server, clock }: Fleet): Promise<void> {
  server.isDown = true;
  server.cut(trouble('network', 'ECONNRESET'));
  server.replacePods();
  await clock.advance(20_000);
  server.isDown = false;
}

function compacted({ server }: Fleet): void {
  server.cut(trouble('network', 'ECONNRESET'));
  server.replacePods();
  server.compact();
}

async function storm({ server, clock }: Fleet): Promise<void> {
  server.limit = 0;
  server.cut(trouble('closed', 'shutdown'));
  server.replacePods();
  await clock.advance(MINUTE_MS);
  server.limit = Number.POSITIVE_INFINITY;
}

/** More are throttled, until all are served. */
function overload({ server, nodes }: Fleet): void {
  server.limit = nodes / 25;
  server.cut(trouble('closed', 'shutdown'));
  server.replacePods();
}

/** The controller replaces the next agent whenever one is ready again (kubernetes pkg/controller/daemon/update.go). */
async function rollout(fleet: Fleet): Promise<void> {
  const waiting = Array.from({ length: fleet.nodes }, (_, node) => node);
  const replaceNext = async (): Promise<void> => {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) await replace(fleet, node);
  };
  const over = Promise.all(Array.from({ length: Math.ceil(fleet.nodes * UNAVAILABLE) }, replaceNext));
  const isOver = new AbortController();
  void over.then(() => isOver.abort());
  while (!isOver.signal.aborted) await fleet.clock.advance(STEP_MS);
}

async function replace(fleet: Fleet, node: number): Promise<void> {
  const { clock } = fleet;
  await fleet.stopAgent(node);
  await clock.sleep(REPLACE_MIN_MS + clock.random() * REPLACE_SPREAD_MS);
  fleet.start(node);
  while (!fleet.knows(node)) await clock.sleep(STEP_MS);
}

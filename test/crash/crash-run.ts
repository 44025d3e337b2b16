import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../support/agent-process.ts';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LineAudit, type Sighting } from '../support/line-audit.ts';
import { Relay } from '../support/relay.ts';
import { checkpointAgeMs, settledLines } from '../support/settled-lines.ts';
import { TestNode } from '../support/test-node.ts';
import type { CrashReport } from './crash-report.ts';
import { type Death, die, nextDeath } from './death.ts';

const CONTAINERS = 20;
const ROUND_MS = 100;
const ROTATION_MS = 1200;
/** Batches are young and answers slow, so that many kills come while entries are stored and the agent does not know it. */
const BATCH_SECONDS = 0.25;
const ANSWER_MS = 200;
const LOOK_MS = 250;
/** Looks that must find the agent with nothing to do, longer apart than two of its own looks at a silent file; and the most there are. */
const QUIET_LOOKS = 12;
const MOST_LOOKS = 480;

/** Where the agent ships to. */
export interface CrashStore {
  readonly url: string;
  readonly tenant: string;
  /** Entries that have arrived, each time that one was sent; null for a store that keeps an entry once. */
  readonly arrived: number | null;
  /** The same number, of every store. */
  received(): Promise<number>;
  /** Everything there is, in the order of arrival or, from a store that keeps an entry once, of time. */
  sightings(): Promise<Sighting[]>;
}

/** What was on disk when an agent was dead: lines before the positions, and how old those were. */
interface Remains {
  readonly during: Death['during'];
  readonly arrived: number | null;
  readonly settled: ReadonlyMap<string, number>;
  readonly checkpointAgeMs: number | null;
}

/**
 * Kills one agent after the other under load, then lets the last one finish, and holds against what was printed what the store has.
 * The seed decides on all times that are waited; what happens meanwhile is up to the machine.
 */
export class CrashRun {
  readonly #seed: number;
  readonly #random: () => number;
  readonly #store: CrashStore;
  readonly #node: TestNode;
  readonly #containers: ChattyContainers;
  readonly #remains: Remains[] = [];
  /** The most lines that were seen to lie before a position on disk: the kubelet may delete those. */
  readonly #settled = new Map<string, number>();
  #rotationsWhileDown = 0;
  #mostRotationsWhileDown = 0;

  private constructor(store: CrashStore, node: TestNode, seed: number) {
    const clock = new FakeClock({ seed });
    this.#seed = seed;
    this.#random = () => clock.random();
    this.#store = store;
    this.#node = node;
    const isSettled = (key: string, lines: number): boolean => (this.#settled.get(key) ?? 0) >= lines;
    this.#containers = new ChattyContainers(node.logs, CONTAINERS, { roundMs: ROUND_MS, rotationMs: ROTATION_MS, isSettled });
  }

  static async run(store: CrashStore, { kills, seed }: { kills: number; seed: number }): Promise<CrashReport> {
    const delays = new FakeClock({ seed });
    await using relay = await Relay.start(store.url);
    relay.fault({ kind: 'delay_answer', ms: () => delays.random() * ANSWER_MS }, { times: Number.POSITIVE_INFINITY });
    const url = `${relay.url}/loki/api/v1/push`;
    await using node = await TestNode.create({ url, tenant: store.tenant, batch_wait_seconds: BATCH_SECONDS });
    const run = new CrashRun(store, node, seed);
    const end = new AbortController();
    const busy = [run.#containers.chatUntil(end.signal), run.#watchPositions(end.signal)];
    try {
      while (run.#remains.length < kills) await run.#liveAndDie();
    } finally {
      end.abort();
      await Promise.all(busy);
    }
    await run.#finish();
    return run.#report();
  }

  async #watchPositions(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      this.#look();
      await sleep(LOOK_MS);
    }
  }

  #look(): ReadonlyMap<string, number> {
    const settled = settledLines(this.#node.stateDir, this.#node.logs.path);
    for (const [key, lines] of settled) this.#settled.set(key, Math.max(lines, this.#settled.get(key) ?? 0));
    return settled;
  }

  async #liveAndDie(): Promise<void> {
    const death = nextDeath(this.#random);
    await using agent = this.#node.spawnAgent();
    const wasKilled = await die(agent, death);
    const before = this.#containers.rotations;
    if (wasKilled) {
      const checkpointAge = checkpointAgeMs(this.#node.stateDir);
      const { arrived } = this.#store;
      this.#remains.push({ during: death.during, arrived, settled: this.#look(), checkpointAgeMs: checkpointAge });
    }
    await sleep(this.#downMs());
    const rotations = this.#containers.rotations.map((count, index) => count - before[index]!);
    this.#rotationsWhileDown += rotations.reduce((sum, count) => sum + count, 0);
    this.#mostRotationsWhileDown = Math.max(this.#mostRotationsWhileDown, ...rotations);
  }

  /** Up to a second; now and then time for as many rotations as the kubelet has files for. */
  #downMs(): number {
    const [lot, part] = [this.#random(), this.#random()];
    return lot < 0.06 ? ROTATION_MS * (2 + 2 * part) : part ** 2 * 1000;
  }

  /** The last agent delivers what is left; if it does not get there, the lines are found to be lost. */
  async #finish(): Promise<void> {
    await using agent = await this.#node.startAgent();
    for (let [looks, quiet] = [0, 0]; quiet < QUIET_LOOKS && looks < MOST_LOOKS; looks += 1) {
      await sleep(LOOK_MS);
      quiet = (await hasNothingToDo(agent)) ? quiet + 1 : 0;
    }
    const exitCode = await agent.stop();
    if (exitCode !== 0) throw new Error(`the last agent ended with ${exitCode}:\n${agent.printed}`);
  }

  async #report(): Promise<CrashReport> {
    const audit = await this.#audit();
    const { lineCount } = this.#containers;
    const killed = (during: Death['during']): number => this.#remains.filter((remains) => remains.during === during).length;
    return {
      seed: this.#seed,
      kills: { start: killed('start'), work: killed('work'), drain: killed('drain') },
      lines: lineCount,
      resent: (await this.#store.received()) - lineCount,
      lost: audit.count('lost'),
      doubled: audit.count('doubled'),
      rotationsWhileDown: this.#rotationsWhileDown,
      mostRotationsWhileDown: this.#mostRotationsWhileDown,
      settledLines: [...this.#settled.values()].reduce((sum, lines) => sum + lines, 0),
      checkpointAgesMs: this.#remains.flatMap(({ checkpointAgeMs }) => checkpointAgeMs ?? []),
      findings: audit.findings,
    };
  }

  async #audit(): Promise<LineAudit> {
    const audit = new LineAudit(this.#containers.printed);
    const sightings = await this.#store.sightings();
    const remains = this.#remains.values();
    let next = remains.next().value;
    const floor = new Map<string, number>();
    for (const [index, sighting] of sightings.entries()) {
      for (; next !== undefined && next.arrived !== null && next.arrived <= index; next = remains.next().value) {
        for (const [key, lines] of next.settled) floor.set(key, Math.max(lines, floor.get(key) ?? 0));
      }
      const number = audit.see(sighting);
      // I1: what lay before a position on disk is never sent again.
      if (number !== null && number < (floor.get(sighting.key) ?? 0)) audit.find('settled', `${sighting.key} line ${number} came again`);
    }
    if (this.#store.arrived === null && audit.again > 0) audit.find('doubled', `${audit.again} entries are stored twice as they are`);
    audit.findLost();
    return audit;
  }
}

async function hasNothingToDo(agent: AgentProcess): Promise<boolean> {
  const names = ['logferry_sources', 'logferry_unread_bytes', 'logferry_held_bytes'] as const;
  const { logferry_sources: sources, logferry_unread_bytes: unread, logferry_held_bytes: held } = await agent.metrics(names);
  return sources === CONTAINERS && unread === 0 && held === 0;
}

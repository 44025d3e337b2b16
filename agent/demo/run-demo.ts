import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { Account } from './account.ts';
import { accountText, isSound } from './account-text.ts';
import { AgentChild, type AgentProgram } from './agent-child.ts';
import { agentConfig } from './agent-config.ts';
import { Chatter } from './chatter.ts';
import { DemoPlay, type Ending } from './demo-play.ts';
import { type DemoStore, openEmbeddedStore, openLokiStore } from './demo-store.ts';
import { KubeletLogDir } from './kubelet-log-dir.ts';
import { type LokiAddress, ReadBackFailed } from './loki-read-back.ts';
import { ProgressView, type Screen } from './progress-view.ts';
import { VOICES } from './voices.ts';

export interface DemoPlan {
  /** How long the containers write. */
  readonly seconds: number;
  /** Go on after that until `stop`. */
  readonly keep: boolean;
  /** A real Loki; null for the embedded receiver. */
  readonly loki: LokiAddress | null;
}

export interface DemoSurroundings extends AgentProgram {
  readonly stdout: Screen;
  readonly stderr: { write(text: string): void };
  readonly stop: AbortSignal;
}

/** Names in the demo's folder. */
const CONFIG = 'logferry.yaml';
const LOG = 'agent.log';
const STATE = 'state';

/** How much of the agent's log is shown when something went wrong. */
const TAIL_LINES = 10;

/**
 * Runs the demo in a folder of its own, under the system's temporary one. Resolves to true when every line is stored once, in order and
 * unchanged; then, and when it was interrupted, the folder is gone, else it stays and is named on stderr.
 */
export async function runDemo(plan: DemoPlan, surroundings: DemoSurroundings, clock: Clock): Promise<boolean> {
  const { stdout, stderr } = surroundings;
  const account = new Account();
  const cluster = `demo-${Math.floor(clock.random() * 36 ** 6).toString(36)}`;
  const opened = await openStore(plan.loki, cluster, account, clock);
  if (opened instanceof ReadBackFailed) {
    stderr.write(`logferry demo: ${opened.message}\n`);
    return false;
  }
  await using store = opened;
  const folder = await mkdtemp(join(tmpdir(), 'logferry-demo-'));
  const ending = await stage(plan, { folder, cluster, account, store, surroundings, clock });
  const sound = ending.kind === 'settled' && isSound(account.tally());
  if (ending.kind === 'interrupted') stdout.write('\nInterrupted before anything could be concluded.\n');
  if (ending.kind === 'failed') stderr.write(`\nlogferry demo: ${ending.why}\n`);
  if (sound || ending.kind === 'interrupted') await rm(folder, { recursive: true, force: true });
  else stderr.write(`${quoteLog(join(folder, LOG))}\nThe agent's log, configuration and state are in ${folder}\n`);
  return sound;
}

interface Setting {
  readonly folder: string;
  readonly cluster: string;
  readonly account: Account;
  readonly store: DemoStore;
  readonly surroundings: DemoSurroundings;
  readonly clock: Clock;
}

/** Builds all that takes part, plays, takes it down again and says what came of it. */
async function stage(plan: DemoPlan, { folder, cluster, account, store, surroundings, clock }: Setting): Promise<Ending> {
  using logs = new KubeletLogDir(join(folder, 'log'), { clock });
  await mkdir(join(folder, STATE));
  const config = agentConfig({ cluster, logDir: logs.path, stateDir: join(folder, STATE), address: store.address });
  await writeFile(join(folder, CONFIG), config);
  const agent = new AgentChild({ program: surroundings, configFile: join(folder, CONFIG), logFile: join(folder, LOG), clock });
  const chatter = new Chatter(logs, VOICES, account, clock);
  const view = new ProgressView(surroundings.stdout, clock);
  view.event(`${VOICES.length} containers write into ${logs.path}\nas on a node of a cluster; every few seconds a log is rotated`);
  const play = new DemoPlay({ voices: VOICES, agent, account, chatter, store, view, clock }, { ...plan, stop: surroundings.stop });
  const ending = await play.run();
  const facts = { containers: VOICES.length, rotations: chatter.rotations, sawResends: store.booksAtOnce };
  if (ending.kind === 'settled') surroundings.stdout.write(accountText(account.tally(), facts));
  return ending;
}

async function openStore(loki: LokiAddress | null, cluster: string, account: Account, clock: Clock): Promise<DemoStore | ReadBackFailed> {
  if (loki === null) return openEmbeddedStore(account, clock);
  try {
    return await openLokiStore(loki, cluster, account, clock);
  } catch (error) {
    if (error instanceof ReadBackFailed) return error;
    throw error;
  }
}

/** The end of the agent's log, which may be empty or not exist. */
function quoteLog(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const tail = lines.filter((line) => line !== '').slice(-TAIL_LINES);
  return tail.length === 0 ? '' : `\nThe end of the agent's log:\n${tail.map((line) => `  ${line}\n`).join('')}`;
}

import type { Clock } from '../runtime/clock.ts';
import type { Account } from './account.ts';
import type { AgentChild } from './agent-child.ts';
import type { Chatter } from './chatter.ts';
import type { DemoStore, Outage } from './demo-store.ts';
import { ReadBackFailed } from './loki-read-back.ts';
import type { ProgressView } from './progress-view.ts';
import type { Voice } from './voices.ts';

/** All that takes part. */
export interface Cast {
  readonly voices: readonly Voice[];
  readonly agent: AgentChild;
  readonly account: Account;
  readonly chatter: Chatter;
  readonly store: DemoStore;
  readonly view: ProgressView;
  readonly clock: Clock;
}

export interface PlayOptions {
  readonly seconds: number;
  /** Go on after `seconds`, until `stop`. */
  readonly keep: boolean;
  /** Aborted when the user wants to end. */
  readonly stop: AbortSignal;
}

export type Ending =
  | { readonly kind: 'settled' }
  /** The user ended it before there was anything to conclude. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly why: string };

/** How often the store is asked what it has: one that books at once has it ready. */
const POLL_MS = { atOnce: 250, remote: 1000 } as const;
/** From the last line written. The agent's delays between attempts grow to 30 s at most. */
const SETTLE_MS = 45_000;
/** Longer than the agent's own drain deadline of 15 s. */
const STOP_PATIENCE_MS = 25_000;

const FIRST_KILL = `SIGKILL: the agent is gone in the middle of its work
as when a node runs out of memory; the containers write on`;

const RESTART = `it is started again and goes on from its last checkpoint
what it is not sure of it sends once more, byte for byte, so that the store recognises it`;

const SECOND_KILL = `SIGKILL again, at the worst of moments
what the agent has read since the store went down was in its memory alone; its checkpoint knows that`;

/** Something that happens, so many seconds after the beginning. */
type Act = readonly [seconds: number, act: () => Promise<void>];

/** The play: containers write, an agent ships, and both the agent and the store have an accident. */
export class DemoPlay {
  readonly #cast: Cast;
  readonly #options: PlayOptions;
  readonly #death = new AbortController();
  #howAgentDied = '';
  /** Aborted by whatever ends the play early. */
  readonly #cut: AbortSignal;

  constructor(cast: Cast, options: PlayOptions) {
    this.#cast = cast;
    this.#options = options;
    cast.agent.onDeath = (how) => this.#agentDied(how);
    this.#cut = AbortSignal.any([options.stop, this.#death.signal]);
  }

  /** Plays it all. Afterwards the agent is gone, and with the ending `settled` the account holds everything. */
  async run(): Promise<Ending> {
    const watching = new AbortController();
    const watch = this.#watch(watching.signal);
    try {
      await this.#perform();
      return this.#earlyEnding() ?? (await this.#settle()) ?? (await this.#dismiss());
    } finally {
      watching.abort();
      await watch;
      this.#cast.view.end();
      await this.#cast.agent.kill();
    }
  }

  async #perform(): Promise<void> {
    const { chatter, store, view } = this.#cast;
    const talking = new AbortController();
    const talk = chatter.run(talking.signal);
    try {
      await this.#startAgent('it starts and ships all it finds to the store');
      await this.#carryOut(this.#acts());
      if (!this.#options.keep || this.#cut.aborted) return;
      view.event(`from now on nothing happens to anyone, until Ctrl-C\nsee what is stored: ${store.lookAt}`);
      await new Promise<void>((resolve) => this.#cut.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      talking.abort();
      await talk;
    }
  }

  /** In an outage a second kill hits harder: what the agent has read and could not send is nowhere but in the files. */
  #acts(): Act[] {
    const { seconds } = this.#options;
    const { outage } = this.#cast.store;
    // Accidents take as long in a long play as in one of 20 s.
    const after = (part: number, delay: number): number => seconds * part + delay * Math.min(seconds / 20, 1);
    const acts: Act[] = [
      [after(0.25, 0), () => this.#killAgent(FIRST_KILL)],
      [after(0.25, 1.6), () => this.#startAgent(RESTART)],
    ];
    if (outage !== null) {
      acts.push(
        [after(0.5, 0), () => this.#storeGoes(outage)],
        [after(0.5, 2), () => this.#killAgent(SECOND_KILL)],
        [after(0.5, 3.6), () => this.#startAgent('it is started again, while the store is still down')],
        [after(0.5, 5), () => this.#storeReturns(outage)],
      );
    }
    return [...acts, [seconds, () => Promise.resolve()]];
  }

  async #carryOut(acts: readonly Act[]): Promise<void> {
    const { clock } = this.#cast;
    const startMs = clock.monotonic();
    for (const [seconds, act] of acts) {
      await clock.sleep(startMs + seconds * 1000 - clock.monotonic(), this.#cut);
      if (this.#cut.aborted) return;
      await act();
    }
  }

  async #startAgent(what: string): Promise<void> {
    await this.#cast.agent.start();
    this.#cast.view.event(`agent, process ${this.#cast.agent.pid}: ${what}`);
  }

  async #killAgent(what: string): Promise<void> {
    await this.#cast.agent.kill();
    this.#cast.view.event(what);
  }

  async #storeGoes(outage: Outage): Promise<void> {
    await outage.down();
    this.#cast.view.event(
      'the store goes down: connections are refused\nthe agent tries again and again; the files on the node are its buffer',
    );
  }

  async #storeReturns(outage: Outage): Promise<void> {
    await outage.up();
    this.#cast.view.event('the store is back');
  }

  /** Waits until all that was written is stored, as long as that may take. Returns an ending when the play is cut meanwhile. */
  async #settle(): Promise<Ending | null> {
    const { view, clock, account } = this.#cast;
    const { written } = account.tally();
    const deadlineMs = clock.monotonic() + SETTLE_MS;
    view.event('the containers fall silent');
    for (;;) {
      // A Ctrl-C in a terminal reaches the agent too: it has drained and left, and somebody has to read what it had not read.
      await this.#cast.agent.start();
      const missing = written - ((await this.#cast.store.count()) ?? 0);
      const isLate = clock.monotonic() > deadlineMs;
      if (missing <= 0) view.event('everything that was written is stored');
      else if (isLate) view.event(`${missing} lines are still not stored, ${SETTLE_MS / 1000} s later`);
      if (missing <= 0 || isLate) return null;
      await clock.sleep(this.#pollMs, this.#death.signal);
      const ending = this.#earlyEnding();
      if (ending !== null) return ending;
    }
  }

  /** Ends the agent as Kubernetes does, and closes the account. */
  async #dismiss(): Promise<Ending> {
    const { view, store } = this.#cast;
    const exitCode = await this.#cast.agent.stop(STOP_PATIENCE_MS);
    if (exitCode === null) return { kind: 'failed', why: 'the agent did not leave in time after SIGTERM' };
    if (exitCode !== 0) return { kind: 'failed', why: `the agent left with exit code ${exitCode} after SIGTERM` };
    view.event('SIGTERM: the agent wrote its checkpoint and left with exit code 0');
    try {
      await store.settle();
      return { kind: 'settled' };
    } catch (error) {
      if (error instanceof ReadBackFailed) return { kind: 'failed', why: `the store can't be read back: ${error.message}` };
      throw error;
    }
  }

  /** Shows how far everything is, until `signal`. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { voices, account, store, view, clock } = this.#cast;
    while (!signal.aborted) {
      const stored = await store.count();
      const { written } = account.tally();
      const containers = voices.map(({ names: { container }, about }) => {
        const tally = account.tally(container);
        return { name: container, about, written: tally.written, stored: store.booksAtOnce ? tally.stored : null };
      });
      if (!signal.aborted) view.progress(containers, { name: 'all', about: '', written, stored });
      await clock.sleep(this.#pollMs, signal);
    }
  }

  get #pollMs(): number {
    return this.#cast.store.booksAtOnce ? POLL_MS.atOnce : POLL_MS.remote;
  }

  #earlyEnding(): Ending | null {
    if (this.#death.signal.aborted) return { kind: 'failed', why: `the agent ended by itself, ${this.#howAgentDied}` };
    return this.#options.stop.aborted && !this.#options.keep ? { kind: 'interrupted' } : null;
  }

  #agentDied(how: string): void {
    // A Ctrl-C in a terminal is the agent's SIGINT as well, upon which it leaves in order.
    if (this.#options.stop.aborted && how === 'with exit code 0') return;
    this.#howAgentDied = how;
    this.#death.abort();
  }
}

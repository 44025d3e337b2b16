import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from './agent-process.ts';

const PAUSE_MS = 50;

/** Asks an agent again and again whether it is alive, and remembers when it was not. */
export class HealthWatch implements AsyncDisposable {
  readonly failures: string[] = [];
  asked = 0;
  readonly #agent: AgentProcess;
  readonly #asking: Promise<void>;
  #over = false;

  constructor(agent: AgentProcess) {
    this.#agent = agent;
    this.#asking = this.#ask();
  }

  async #ask(): Promise<void> {
    while (!this.#over) {
      const answer = await this.#agent.page('/healthz').catch((error: unknown) => ({ status: 0, body: String(error) }));
      this.asked += 1;
      if (answer.status !== 200) this.failures.push(`${answer.status} ${answer.body}`);
      await sleep(PAUSE_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#asking;
  }
}

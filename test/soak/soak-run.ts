import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../support/agent-process.ts';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { LineAudit } from '../support/line-audit.ts';
import { sightingInFake } from '../support/sightings.ts';
import { TestNode } from '../support/test-node.ts';
import { type AgentSample, sampleAgent } from './agent-sample.ts';
import { BriefContainers } from './brief-containers.ts';
import { liveKiB, MEMORY_PROBE } from './memory-probe.ts';
import { slopeOf } from './slope.ts';
import type { Sample, SoakReport } from './soak-report.ts';

const ROUND_MS = 1000;
const ROTATION_MS = 15_000;
const SAMPLE_MS = 1000;
const OUTAGE_MS = 20_000;
/** A source that is gone is closed within a scan and the time of silence after it. */
const CLOSING_MS = 60_000;

export interface SoakOptions {
  readonly minutes: number;
  /** Containers that live all the time. */
  readonly sources: number;
  /** Containers that come and go, and how many names they have among them: pods of one job have containers of one name. */
  readonly brief: number;
  readonly jobs: number;
  readonly seed: number;
}

/** One agent beside containers that come and go, over rotations and an outage of the store in the first half. */
export class SoakRun {
  readonly #options: SoakOptions;
  readonly #loki: FakeLoki;
  readonly #agent: AgentProcess;
  readonly #chatty: ChattyContainers;
  readonly #brief: BriefContainers;
  readonly #samples: Sample[] = [];
  readonly #startMs = Date.now();

  private constructor(options: SoakOptions, parts: { loki: FakeLoki; node: TestNode; agent: AgentProcess; chatty: ChattyContainers }) {
    const clock = new FakeClock({ seed: options.seed });
    this.#options = options;
    this.#loki = parts.loki;
    this.#agent = parts.agent;
    this.#chatty = parts.chatty;
    this.#brief = new BriefContainers(parts.node.logs, () => clock.random(), parts.chatty.printed);
  }

  static async run(options: SoakOptions): Promise<SoakReport> {
    await using loki = await FakeLoki.start({ deduplicate: false });
    await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a', backoff: { max_seconds: 2 } });
    const chatty = new ChattyContainers(node.logs, options.sources, { roundMs: ROUND_MS, rotationMs: ROTATION_MS });
    await using agent = node.spawnAgent(MEMORY_PROBE);
    await agent.listening();
    return await new SoakRun(options, { loki, node, agent, chatty }).#run();
  }

  get #durationMs(): number {
    return this.#options.minutes * 60_000;
  }

  async #run(): Promise<SoakReport> {
    const end = AbortSignal.timeout(this.#durationMs);
    const atHalf = sleep(this.#durationMs / 2).then(() => this.#live());
    await Promise.all([
      this.#chatty.chatUntil(end),
      this.#brief.run({ ...this.#options, durationMs: this.#durationMs }),
      this.#outage(),
      this.#takeSamples(end),
    ]);
    const half = await atHalf;
    const settled = await this.#settle();
    const whole = await this.#live();
    const audit = await this.#stop();
    const secondHalf = this.#samples.filter(({ second }) => second * 1000 >= this.#durationMs / 2);
    return {
      seed: this.#options.seed,
      samples: this.#samples,
      settled,
      sources: this.#options.sources,
      residentMiBPer1000: slopeOf(secondHalf.map(({ brief, residentMiB }) => [brief / 1000, residentMiB])),
      liveKiBPerContainer: (whole.kib - half.kib) / (whole.brief - half.brief),
      lines: this.#chatty.lineCount,
      resent: audit.again,
      findings: audit.findings,
    };
  }

  async #live(): Promise<{ kib: number; brief: number }> {
    return { kib: await liveKiB(this.#agent), brief: this.#brief.started };
  }

  async #outage(): Promise<void> {
    await sleep(this.#durationMs / 4);
    await this.#loki.down();
    await sleep(Math.min(OUTAGE_MS, this.#durationMs / 6));
    await this.#loki.up();
  }

  async #takeSamples(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const second = Math.round((Date.now() - this.#startMs) / 1000);
      this.#samples.push({ second, brief: this.#brief.started, ...(await sampleAgent(this.#agent)) });
      await sleep(SAMPLE_MS);
    }
  }

  /** Waits until all is stored and the sources that are gone are closed. */
  async #settle(): Promise<AgentSample> {
    for (const startMs = Date.now(); ; await sleep(SAMPLE_MS)) {
      const sample = await sampleAgent(this.#agent);
      const isSettled = sample.sources === this.#options.sources && sample.unreadMiB === 0 && sample.heldMiB === 0;
      if (isSettled || Date.now() - startMs > CLOSING_MS) return sample;
    }
  }

  async #stop(): Promise<LineAudit> {
    const exitCode = await this.#agent.stop();
    if (exitCode !== 0) throw new Error(`the agent ended with ${exitCode}:\n${this.#agent.printed}`);
    const audit = new LineAudit(this.#chatty.printed);
    for (const entry of this.#loki.entries()) audit.see(sightingInFake(entry));
    audit.findLost();
    return audit;
  }
}

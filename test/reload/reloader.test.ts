import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../agent/config/schema.ts';
import { loadStart } from '../../agent/config/start.ts';
import type { Checked } from '../../agent/reload/check-config.ts';
import { type Changeable, Reloader } from '../../agent/reload/reloader.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { tempDir } from '../support/temp-dir.ts';

const MOST_TURNS = 100_000;
const SURROUNDINGS = { env: {}, hostname: 'node-1' };

function text(keys: string): string {
  return `outputs: [{name: loki, type: loki, url: "http://loki/push"}]\n${keys}\n`;
}

/** A reloader beside a file, and something that can be changed and keeps what it was told. */
class Bench implements Changeable {
  config: Config;
  readonly clock = new FakeClock();
  readonly log = new LogRecorder();
  readonly applied: Config[] = [];
  readonly asked = new Wakeup();
  checks = 0;
  /** In place of what the file says. */
  checked: Checked | null = null;
  faults: readonly string[] = [];
  failure: string | null = null;
  readonly reloader: Reloader;
  readonly #file: string;

  private constructor(file: string, config: Config, digest: string) {
    this.#file = file;
    this.config = config;
    const check = async (path: string): Promise<Checked> => {
      this.checks += 1;
      return this.checked ?? loadStart(path, SURROUNDINGS);
    };
    this.reloader = new Reloader({ file, digest, asked: this.asked, check, running: this, clock: this.clock, logger: this.log });
    const stop = new AbortController();
    const running = this.reloader.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
  }

  static async start(keys = ''): Promise<Bench> {
    const dir = await tempDir();
    onTestFinished(() => dir[Symbol.asyncDispose]());
    const file = join(dir.path, 'config.yaml');
    writeFileSync(file, text(keys));
    const start = await loadStart(file, SURROUNDINGS);
    if (!start.ok) throw new Error(JSON.stringify(start.problems));
    return new Bench(file, start.config, start.digest);
  }

  write(keys: string): void {
    writeFileSync(this.#file, text(keys));
  }

  async rehearse(): Promise<{ faults: readonly string[]; findings: object }> {
    return { faults: this.faults, findings: { sample: { lines: 7 } } };
  }

  async apply({ config }: { config: Config }): Promise<string | null> {
    if (this.failure !== null) return this.failure;
    this.config = config;
    this.applied.push(config);
    return null;
  }

  async goOn(): Promise<void> {}

  /** Lets time and the event loop go on until `predicate` holds. */
  async until(predicate: () => boolean): Promise<void> {
    for (let turns = 0; !predicate(); turns += 1) {
      if (turns === MOST_TURNS) throw new Error(`waited in vain; it said:\n${this.log.messages.join('\n')}`);
      await this.clock.advance(50);
      await turnOfTheLoop();
    }
  }

  /** Until so many looks at the file, or answers to who has asked, have come to an end. */
  outcomes(count: number): Promise<void> {
    return this.until(() => Object.values(this.reloader.status.outcomes).reduce((sum, n) => sum + n, 0) === count);
  }

  /** Lets time go on for those that would do something that they must not. */
  async pass(seconds: number): Promise<void> {
    const untilMs = this.clock.monotonic() + seconds * 1000;
    await this.until(() => this.clock.monotonic() >= untilMs);
  }

  get lastSaid(): string {
    return this.log.messages.at(-1) ?? '';
  }
}

describe(Reloader, () => {
  test('applies a change once, says what of the sample became of it, and when it came into force', async () => {
    const bench = await Bench.start();
    await bench.pass(30);
    expect(bench.checks).toBe(0);
    bench.write('log: {level: warn}');
    await bench.outcomes(1);
    await bench.pass(30);
    expect([bench.checks, bench.applied.map(({ log }) => log.level)]).toStrictEqual([1, ['warn']]);
    expect(bench.log.said.at(-1)).toMatchObject({ level: 'info', fields: { changed: ['log'], sample: { lines: 7 } } });
    expect(bench.reloader.status).toMatchObject({ state: 'in_force', outcomes: { applied: 1, refused: 0 } });
  });

  test('keeps what is in force while the dry run finds faults, and judges the same content once', async () => {
    const bench = await Bench.start();
    bench.faults = ['the newest lines of a cannot be handled'];
    bench.write('log: {level: warn}');
    await bench.outcomes(1);
    await bench.pass(100);
    expect([bench.checks, bench.applied]).toStrictEqual([1, []]);
    expect(bench.reloader.status).toMatchObject({ state: 'refused', reasons: bench.faults, outcomes: { refused: 1 } });
    expect(bench.lastSaid).toContain('stays in force');
    bench.faults = [];
    bench.asked.ring();
    await bench.outcomes(2);
    expect([bench.checks, bench.applied.length, bench.reloader.status.state]).toStrictEqual([2, 1, 'in_force']);
  });

  test('says every key that needs a restart', async () => {
    const bench = await Bench.start();
    bench.write('state_dir: /elsewhere\nnode_name: other\nlog: {level: warn}');
    await bench.outcomes(1);
    expect(bench.applied).toStrictEqual([]);
    expect(bench.reloader.status.reasons).toStrictEqual([
      'node_name cannot be changed while the agent runs; restart it, or take the change back',
      'state_dir cannot be changed while the agent runs; restart it, or take the change back',
    ]);
  });

  test('repeats a check that could not be made, every minute', async () => {
    const bench = await Bench.start();
    bench.checked = { ok: 'unknown', why: 'it was ended by SIGKILL' };
    bench.write('log: {level: warn}');
    await bench.outcomes(1);
    const failedMs = bench.clock.monotonic();
    expect([bench.checks, bench.reloader.status.outcomes.failed]).toStrictEqual([1, 1]);
    bench.checked = null;
    await bench.outcomes(2);
    expect(bench.clock.monotonic() - failedMs).toBeGreaterThanOrEqual(60_000);
    expect([bench.checks, bench.applied.length, bench.reloader.status.state]).toStrictEqual([2, 1, 'in_force']);
  });

  test('what cannot be applied is refused, and what was in force before is in force again once the file says so', async () => {
    const bench = await Bench.start();
    bench.failure = 'server.listen: cannot be listened on';
    bench.write('log: {level: warn}');
    await bench.outcomes(1);
    expect(bench.reloader.status).toMatchObject({ state: 'refused', reasons: [bench.failure] });
    bench.write('');
    await bench.outcomes(2);
    expect([bench.checks, bench.applied, bench.reloader.status.state]).toStrictEqual([1, [], 'in_force']);
    expect(bench.lastSaid).toBe('the configuration file is again the one in force');
  });

  test('with an interval of 0 looks when it is asked alone', async () => {
    const bench = await Bench.start('reload: {interval_seconds: 0}');
    bench.write('reload: {interval_seconds: 0}\nlog: {level: warn}');
    await bench.pass(200);
    expect(bench.checks).toBe(0);
    bench.asked.ring();
    await bench.outcomes(1);
    expect(bench.applied).toHaveLength(1);
  });

  test('asked for nothing new, says so', async () => {
    const bench = await Bench.start();
    bench.asked.ring();
    await bench.outcomes(1);
    expect(bench.reloader.status.outcomes).toMatchObject({ unchanged: 1, applied: 0 });
    bench.write('# a comment');
    await bench.outcomes(2);
    expect(bench.reloader.status.outcomes).toMatchObject({ unchanged: 2, applied: 0 });
  });

  test('a file that was missing at the moment of the check is judged by what is there now', async () => {
    const bench = await Bench.start();
    bench.checked = { ok: false, digest: null, problems: [{ file: 'config.yaml', place: null, key: '', message: 'can not be read' }] };
    bench.write('log: {level: warn}');
    await bench.outcomes(1);
    expect(bench.reloader.status.state).toBe('refused');
    bench.checked = null;
    await bench.outcomes(2);
    expect([bench.applied.length, bench.reloader.status.state]).toStrictEqual([1, 'in_force']);
  });
});

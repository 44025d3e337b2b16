import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLettersCommand } from '../../agent/commands/dead-letters.ts';
import { type DeadLetter, DeadLetters } from '../../agent/deliver/dead-letters.ts';
import { letterFile } from '../../agent/deliver/letter-files.ts';
import { FakeClock } from './fake-clock.ts';
import { type CommandOutcome, type HostOptions, runCommand } from './command-host.ts';
import { FakeLoki, type FakeLokiOptions } from './fake-loki.ts';
import { sampleLetter } from './sample-letter.ts';
import { tempDir, type TempDir } from './temp-dir.ts';

/** Entries of a while ago are taken; lines over 20 bytes are not. */
const LIMITS = { maxAgeSeconds: null, maxLineBytes: 20 } as const;

/** A state directory with dead letters of the output `loki`, a fake Loki for it, and the command on both. */
export class LettersBench implements AsyncDisposable {
  readonly loki: FakeLoki;
  readonly stateDir: string;
  readonly config: string;
  /** As the agent has it. */
  readonly dead: DeadLetters;
  readonly #dir: TempDir;

  private constructor(dir: TempDir, loki: FakeLoki) {
    this.#dir = dir;
    this.loki = loki;
    this.stateDir = join(dir.path, 'state');
    this.config = join(dir.path, 'logferry.yaml');
    this.dead = new DeadLetters(this.path, 1e9, new FakeClock());
    this.configure(`{name: loki, type: loki, url: "${loki.pushUrl}", backoff: {min_seconds: 0.01, max_seconds: 0.01}}`);
  }

  static async open(options: FakeLokiOptions = {}): Promise<LettersBench> {
    return new LettersBench(await tempDir(), await FakeLoki.start({ limits: LIMITS, ...options }));
  }

  configure(...outputs: string[]): void {
    writeFileSync(this.config, `state_dir: ${this.stateDir}\nkubernetes: {enabled: false}\noutputs: [${outputs.join(', ')}]\n`);
  }

  /** The file that the agent appends to. */
  get path(): string {
    return letterFile(this.stateDir, 'loki');
  }

  /** Appends letters with these lines, each 1 ns after the one before. */
  async add(...lines: (string | Buffer)[]): Promise<void> {
    await this.addLetters(
      lines.map((line, index) => sampleLetter({ line, timestampNs: String(1_714_564_800_000_000_001n + BigInt(index)) })),
    );
  }

  async addLetters(letters: readonly DeadLetter[]): Promise<void> {
    await this.dead.add(letters);
  }

  /** `logferry dead-letters` with the configuration; the directory's name is left out of what it says. */
  async run(args: readonly string[], options: HostOptions = {}): Promise<CommandOutcome> {
    const outcome = await runCommand(deadLettersCommand, [...args, '--config', this.config], options);
    const withoutPaths = (text: string): string => text.replaceAll(`${this.stateDir}/`, '');
    return { ...outcome, stdout: withoutPaths(outcome.stdout), stderr: withoutPaths(outcome.stderr) };
  }

  /** Names in the state directory. */
  get names(): string[] {
    return existsSync(this.stateDir) ? readdirSync(this.stateDir) : [];
  }

  /** `reason line` of all letters there are, whatever their file is called; a line that is no letter as it is. */
  get remaining(): string[] {
    const lines = this.names.flatMap((name) => readFileSync(join(this.stateDir, name), 'utf8').split('\n').slice(0, -1));
    return lines.map((text) => {
      if (!text.startsWith('{"')) return text;
      const { reason, line } = JSON.parse(text) as { reason: string; line: string };
      return `${reason} ${line}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.loki[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordTime } from '../../agent/decode/record-time.ts';
import { LOSS_REASONS } from '../../agent/model/gap.ts';
import type { Position } from '../../agent/model/position.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { kubeletFiles } from '../../agent/tail/kubelet-files.ts';
import { type ChainFile, openChain } from '../../agent/tail/open-chain.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { GRACE_MS, LineReader } from '../support/line-reader.ts';
import { interrupted, SlowRotation } from '../support/slow-rotation.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Changes to the directory before each of the reader's system calls: mostly none, now and then most of a rotation. */
const changes = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
);
/** As many as one look at a log makes; the next one has peace. */
const shortSchedules = fc.array(changes, { maxLength: 20, size: 'max' });
const longSchedules = fc.array(changes, { maxLength: 400, size: 'max' });
type Action = 'poll' | 'turn' | 'save' | 'saveHalf' | 'kill' | 'wait' | 'write';

/** What a reader does; `turn` twice as often, so that it gets on. */
const actions = fc.array(fc.constantFrom<Action>('poll', 'turn', 'turn', 'save', 'saveHalf', 'kill', 'wait', 'write'), {
  maxLength: 60,
});

describe(openChain, () => {
  test('I5 whatever a rotation does between two system calls, no file that is there slips through', async () => {
    let opened = 0;
    const property = fc.asyncProperty(shortSchedules, fc.integer({ min: 0, max: 60 }), async (schedule, before) => {
      await using dir = await tempDir();
      using log = new SlowRotation(dir.path);
      log.settled = Number.POSITIVE_INFINITY;
      log.step(before);
      const wereThere = log.begins();
      const due = schedule.values();
      const fs = interrupted(() => log.step(due.next().value ?? 0));
      const chain = openChain(log.live, {
        roots: [dir.path],
        descriptors: new Descriptors(100, systemClock),
        fs,
        rotatedFiles: kubeletFiles,
        timeOf: recordTime,
      });
      if (typeof chain === 'string') return;
      opened += 1;
      const contents = chain.files.map(contentOf);
      for (const file of chain.files) file.close();
      const begins = contents.map((content) => (content === '' ? log.text.length : log.text.indexOf(content)));
      expect(log.text.slice(begins[0]).slice(0, contents.join('').length)).toBe(contents.join(''));
      expect(begins).toEqual(expect.arrayContaining(log.begins().filter((begin) => wereThere.includes(begin))));
    });
    await fc.assert(property, { numRuns: 2000 });
    expect(opened).toBeGreaterThan(1000);
  });
});

describe(SourceLog, () => {
  test('I2 I4 I5 a log that rotates between any two system calls of its reader is read in order, and again only from the saved position', async () => {
    const property = fc.asyncProperty(longSchedules, actions, async (schedule, steps) => {
      await using dir = await tempDir();
      using log = new SlowRotation(dir.path);
      using agent = new MortalReader(log, schedule, dir.path);
      for (const step of steps) await agent.do(step);
      await agent.finish();
    });
    await fc.assert(property, { numRuns: 1500 });
  }, 120_000);
});

function contentOf(file: ChainFile): string {
  return file.peek(file.look().size, 0).toString();
}

/** Reads a log while it rotates, dies, and begins again where its last saved position says. */
class MortalReader implements Disposable {
  readonly #log: SlowRotation;
  readonly #root: string;
  readonly #due: Iterator<number, undefined>;
  #reader: LineReader;
  /** How much of the text was read, and what was saved last. */
  #at = 0;
  #saved: { readonly position: Position | null; readonly at: number } = { position: null, at: 0 };

  constructor(log: SlowRotation, schedule: readonly number[], root: string) {
    this.#log = log;
    this.#root = root;
    this.#due = schedule.values();
    this.#reader = this.#open(0);
  }

  #open(nowMs: number): LineReader {
    const fs = interrupted(() => this.#log.step(this.#due.next().value ?? 0));
    this.#at = this.#saved.at;
    return new LineReader(this.#log.live, [this.#root], { fs, nowMs, position: this.#saved.position });
  }

  async do(step: Action): Promise<void> {
    if (step === 'kill' || typeof this.#reader.opened === 'string') this.#kill();
    else if (step === 'poll') this.#reader.poll();
    else if (step === 'turn') this.#take(await this.#reader.turn());
    else if (step === 'save') this.#save(0);
    else if (step === 'saveHalf') this.#save(Math.ceil((this.#at - this.#saved.at) / 2));
    else if (step === 'wait') this.#reader.nowMs += GRACE_MS;
    else this.#log.step();
  }

  /** An agent saves what it has as soon as it is up. */
  #kill(): void {
    this.#reader[Symbol.dispose]();
    this.#reader = this.#open(this.#reader.nowMs);
    if (typeof this.#reader.opened !== 'string') this.#save(0);
  }

  /** All but the last `behind` bytes is settled, for one channel all. */
  #save(behind: number): void {
    const position = JSON.parse(JSON.stringify(this.#reader.position(behind))) as Position;
    this.#saved = { position, at: this.#at - behind };
    this.#log.settled = this.#saved.at;
  }

  #take(text: string | null): void {
    if (text === null) return;
    expect(text).toBe(this.#log.text.slice(this.#at, this.#at + text.length));
    this.#at += text.length;
  }

  /** Nothing was lost, and what is left is read once nothing is written any more. */
  async finish(): Promise<void> {
    while (this.#due.next().done !== true);
    if (typeof this.#reader.opened === 'string') this.#kill();
    this.#take(await this.#reader.finish());
    this.#take(await this.#reader.finish());
    // A rotation may have been cut short before there was a new live file: nothing is read of an old one before its grace is over.
    expect(this.#at).toBe(this.#log.text.length);
    // Whether a file that was live at the position and is gone had grown, nobody knows; of what was seen, nothing is missing.
    expect(LOSS_REASONS.map((reason) => this.#reader.totals.droppedBytes[reason])).toEqual(LOSS_REASONS.map(() => 0));
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}

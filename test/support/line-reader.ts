import assert from 'node:assert';
import { recordTime } from '../../agent/decode/record-time.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import { type ChannelResume, INITIAL_STATE, type Position, type ResumePoint } from '../../agent/model/position.ts';
import { type FileSystem, systemFiles } from '../../agent/runtime/file-system.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { kubeletFiles } from '../../agent/tail/kubelet-files.ts';
import type { ChainFile } from '../../agent/tail/open-chain.ts';
import type { OpenFailure } from '../../agent/tail/open-failure.ts';
import type { RotatedFiles } from '../../agent/tail/rotated-files.ts';
import type { Begin, StartPlace, StartPolicy } from '../../agent/tail/resume-chain.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';

export const GRACE_MS = 1000;

export interface LineReaderOptions {
  readonly position?: Position | null;
  readonly start?: StartPolicy;
  readonly placeIn?: (files: readonly ChainFile[]) => StartPlace | null;
  readonly nowMs?: number;
  readonly descriptors?: Descriptors;
  readonly fs?: FileSystem;
  readonly rotatedFiles?: RotatedFiles;
}

/**
 * Reads a log as the pipeline does, but for decoding: what it consumes are whole lines, and at the end of a file that has ended
 * whatever is left of it. Time stands still until `wait`.
 */
export class LineReader implements Disposable {
  readonly log: SourceLog;
  /** What became of the bytes. */
  readonly totals: LedgerTotals = new LedgerTotals();
  readonly retention: Retention = new Retention({ maxBytes: null, maxFiles: null });
  readonly #ledger = new SourceLedger(this.totals);
  readonly opened: ResumePoint | OpenFailure;
  /** All that was consumed. */
  text = '';
  nowMs: number;
  readonly #at: number;

  constructor(path: string, roots: readonly string[], options: LineReaderOptions = {}) {
    const { position = null, start = 'oldest', placeIn = () => null, nowMs = 0 } = options;
    const { descriptors = new Descriptors(100, systemClock), fs = systemFiles, rotatedFiles = kubeletFiles } = options;
    const begin: Begin = position === null ? { kind: 'new', placeIn, start } : { kind: 'position', position };
    this.nowMs = nowMs;
    this.log = new SourceLog(
      path,
      { roots, descriptors, fs, rotatedFiles, timeOf: recordTime, rotateGraceMs: GRACE_MS, retention: this.retention },
      this.#ledger,
    );
    this.opened = this.log.open(begin, nowMs);
    this.#at = typeof this.opened === 'string' ? 0 : Math.min(this.opened[0].at, this.opened[1].at);
  }

  /** Reads at most `bytes` bytes and returns what was consumed of them, or null where another turn would get no further. */
  async turn(bytes = 65_536): Promise<string | null> {
    const buffer = Buffer.alloc(bytes);
    const chunk = await this.log.read(buffer, this.nowMs);
    const data = buffer.subarray(0, chunk.length);
    const isLongLine = chunk.length === bytes && !data.includes(10);
    const consumed = chunk.endsFile || isLongLine ? chunk.length : data.lastIndexOf(10) + 1;
    this.log.advance(chunk, consumed);
    this.#ledger.sent(consumed);
    this.#ledger.acked(consumed);
    this.assertBalanced();
    this.text += data.toString('latin1', 0, consumed);
    return consumed > 0 || chunk.endsFile ? data.toString('latin1', 0, consumed) : null;
  }

  poll(): boolean {
    const changed = this.log.poll(this.nowMs);
    this.assertBalanced();
    return changed;
  }

  /** Every byte that was seen is read, left out, lost or unread. */
  assertBalanced(): void {
    assert.equal(this.#ledger.unbalanced(this.log.unreadBytes, 0), 0, 'the ledger is out of balance');
  }

  /** Polls once and reads until nothing more is to be had; returns what that gave. */
  async catchUp(): Promise<string> {
    const before = this.text.length;
    if (this.poll()) while ((await this.turn()) !== null);
    return this.text.slice(before);
  }

  /** Lets the grace of rotated files run out and reads all there is. */
  async finish(): Promise<string> {
    const before = this.text.length;
    for (let round = 0; round < 3; round += 1) {
      this.poll();
      while ((await this.turn()) !== null);
      this.nowMs += GRACE_MS;
    }
    return this.text.slice(before);
  }

  /** Everything consumed so far is settled, but of one channel's the last `behind` bytes; what was settled before remains so. */
  position(behind = 0): Position {
    const at = this.#at + this.text.length;
    const [out, err] = this.opened as ResumePoint;
    return this.log.position([resumeAt(Math.max(at, out.at, err.at)), resumeAt(at - behind)]);
  }

  [Symbol.dispose](): void {
    if (typeof this.opened !== 'string') this.log.close();
  }
}

function resumeAt(at: number): ChannelResume {
  return { at, record: null, state: INITIAL_STATE };
}

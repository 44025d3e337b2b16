import assert from 'node:assert';
import { closeSync, ftruncateSync, mkdtempSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position } from '../../agent/model/position.ts';
import { GRACE_MS, LineReader } from '../support/line-reader.ts';
import { type Rotator } from './rotators.ts';

interface ModelFile {
  readonly fd: number;
  /** Its inode, and the one that compression gave its content to. */
  readonly inodes: string[];
  readonly born: bigint;
  content: string;
  /** The most it ever held, if it was truncated since the last poll. */
  cutFrom: number | null;
  /** Null once no name leads to it. */
  path: string | null;
  /** The reader has seen it, or will not pass it by: it holds a descriptor, or the file is on disk. */
  known: boolean;
}

/**
 * A log directory of real files, the reader under test on it, and the model: which bytes were written, in which order, and up to
 * where the reader has handed them on. In the model a log is the list of its files' contents, oldest first; reading is moving a
 * cursor over them that only passes the end of a file when all of it was handed on.
 */
export class LogWorld {
  readonly root: string = mkdtempSync(join(tmpdir(), 'logferry-model-'));
  readonly live: string = join(this.root, '0.log');
  readonly files: ModelFile[] = [];
  /** The newest file, while the runtime writes to it. */
  writer: ModelFile | null = null;
  /** The one before it, while the runtime may still flush into it. */
  old: ModelFile | null = null;
  reader: LineReader;
  readonly #exact: boolean;
  readonly #rotator: Rotator;
  #cursor = { file: 0, offset: 0 };
  #saved: { readonly position: Position; readonly file: number; readonly offset: number } | null = null;
  #lines = 0;
  #rotations = 0;
  #reopenedMs = 0;

  /** `exact`: all that the reader gives goes through `take`. */
  constructor(exact: boolean, rotator: Rotator) {
    this.#exact = exact;
    this.#rotator = rotator;
    this.create();
    this.reader = this.#open(null, 0);
    this.#look();
  }

  #open(position: Position | null, nowMs: number): LineReader {
    return new LineReader(this.live, [this.root], { position, nowMs, rotatedFiles: this.#rotator.rotatedFiles });
  }

  /** A line of its own number, with its line feed. */
  line(length: number): string {
    this.#lines += 1;
    return `#${this.#lines}:${'x'.repeat(length)}\n`;
  }

  write(file: ModelFile, text: string): void {
    writeSync(file.fd, text);
    file.content += text;
  }

  create(): void {
    const fd = openSync(this.live, 'a');
    const { ino, birthtimeNs: born } = statSync(this.live, { bigint: true });
    if (this.files.some((other) => other.inodes.includes(String(ino)) && other.born === born)) {
      // Some kernels' clocks tick only every 4 ms, and outside of tests no inode is reused as fast as that.
      closeSync(fd);
      rmSync(this.live);
      return this.create();
    }
    this.writer = { fd, inodes: [String(ino)], born, content: '', cutFrom: null, path: this.live, known: false };
    this.files.push(this.writer);
  }

  rename(): void {
    this.#rotations += 1;
    this.#move(this.#rotator.nameOf(this.live, this.#rotations));
  }

  renameBack(): void {
    this.#move(this.live);
  }

  #move(path: string): void {
    renameSync(this.writer!.path!, path);
    this.writer!.path = path;
  }

  /** The next file exists; the old one is closed by the time that the kubelet looks again. */
  reopen(): void {
    this.closeOld();
    this.old = this.writer;
    this.create();
    this.#reopenedMs = this.reader.nowMs;
  }

  closeOld(): void {
    if (this.old !== null) closeSync(this.old.fd);
    this.old = null;
  }

  get mayFlush(): boolean {
    const { old } = this;
    return old !== null && (old.path !== null || old.known) && this.reader.nowMs - this.#reopenedMs < GRACE_MS;
  }

  flush(text: string): void {
    assert(this.#cursor.file <= this.files.indexOf(this.old!), 'I4: the old file was left before its grace was over');
    this.write(this.old!, text);
  }

  get rotated(): ModelFile[] {
    return this.files.filter(({ path }) => path !== null && path !== this.live);
  }

  remove(file: ModelFile): void {
    rmSync(file.path!);
    file.path = null;
  }

  get uncompressed(): ModelFile[] {
    return this.rotated.filter((file) => file !== this.writer && !file.path!.endsWith('.gz'));
  }

  /** Step by step as whoever rotates does it; `seen` looks in between. */
  compress(file: ModelFile, seen: () => void): void {
    if (file === this.old) this.closeOld();
    const plain = file.path!;
    this.#rotator.compress(plain, file.content, seen);
    file.path = `${plain}.gz`;
    file.inodes.push(String(statSync(file.path, { bigint: true }).ino));
  }

  /** The container is gone with its live file. */
  end(): void {
    for (const file of [this.writer, this.old]) if (file !== null) closeSync(file.fd);
    this.remove(this.writer!);
    this.writer = null;
    this.old = null;
  }

  truncate(file: ModelFile): void {
    file.cutFrom = Math.max(file.cutFrom ?? 0, file.content.length);
    ftruncateSync(file.fd);
    file.content = '';
  }

  /** A file that was cut and has grown to the very size that the reader knew is not told from an unchanged one, so it grows on here. */
  poll(): void {
    for (const file of this.files) {
      const { cutFrom, content } = file;
      if (cutFrom !== null && content !== '' && content.length <= cutFrom) this.write(file, this.line(cutFrom));
      file.cutFrom = null;
    }
    this.reader.poll();
    this.#look();
  }

  #look(): void {
    for (const file of this.files) if (file.path !== null) file.known = true;
  }

  /** Moves the cursor over what the reader gave. */
  take(text: string): void {
    let rest = text;
    while (rest !== '') {
      const { content } = this.files[this.#cursor.file]!;
      const expected = content.slice(this.#cursor.offset, this.#cursor.offset + rest.length);
      assert(rest.startsWith(expected), `I2, I4: ${JSON.stringify(rest)} was read where ${JSON.stringify(expected)} comes next`);
      this.#cursor.offset += expected.length;
      rest = rest.slice(expected.length);
      if (rest !== '') this.#nextFile();
    }
  }

  /** After truncations nothing is promised of the order, or that lines come once; but what is still in a file was handed on. */
  assertNothingMissing(given: string): void {
    for (const { content, path, known } of this.files) {
      const lines = path !== null || known ? content.split('\n').slice(0, -1) : [];
      for (const line of lines) assert(given.includes(`${line}\n`), `I5: ${line} was never read`);
    }
  }

  #nextFile(): void {
    do this.#cursor.file += 1;
    while (this.#isLost(this.#cursor.file));
    assert(this.#cursor.file < this.files.length, 'more was read than was ever written');
    this.#cursor.offset = 0;
  }

  /** Removed before the reader could see it. */
  #isLost(index: number): boolean {
    const file = this.files[index];
    return file !== undefined && file.path === null && !file.known;
  }

  save(): void {
    const position = this.reader.position();
    const { offset, file: index } = position.channels[0];
    const { ino } = position.files[index]!.file;
    const file = this.files.findIndex(({ inodes }, index) => inodes.includes(ino) && this.#isCursor(index, offset));
    assert(file !== -1, 'a position is the place up to which the log was read');
    this.#saved = { position, file, offset };
  }

  /** The end of a file is the start of the next one. */
  #isCursor(file: number, offset: number): boolean {
    if (!this.#exact) return true;
    return file === this.#cursor.file ? offset === this.#cursor.offset : file > this.#cursor.file && offset === 0;
  }

  get onDisk(): boolean {
    return this.files.some(({ path }) => path !== null);
  }

  /** The agent is away while `meanwhile` goes on. What was read since the position was saved comes again, nothing else does. */
  restart(meanwhile: () => void = () => undefined): void {
    this.reader[Symbol.dispose]();
    const { nowMs } = this.reader;
    meanwhile();
    this.reader = this.#open(this.#saved?.position ?? null, nowMs);
    for (const file of this.files) {
      file.known = file.path !== null;
      file.cutFrom = null;
    }
    const oldest = this.files.findIndex(({ path }) => path !== null);
    this.#cursor = this.#isSavedHeld() ? { file: this.#saved!.file, offset: this.#saved!.offset } : { file: oldest, offset: 0 };
  }

  /** A file is known by what it begins with; compressed, one that was empty when its position was saved is known by nothing. */
  #isSavedHeld(): boolean {
    if (this.#saved === null) return false;
    const { path } = this.files[this.#saved.file]!;
    return path !== null && (isKnown(this.#saved.position) || !path.endsWith('.gz'));
  }

  /** Everything was read that the reader can have seen, but for an unfinished line at the very end. */
  assertAllRead(): void {
    for (;;) {
      const rest = this.files[this.#cursor.file]!.content.slice(this.#cursor.offset);
      const hasNext = this.files.some((_, index) => index > this.#cursor.file && !this.#isLost(index));
      assert(hasNext ? rest === '' : !rest.includes('\n'), `I5: ${JSON.stringify(rest)} of file ${this.#cursor.file} was never read`);
      if (!hasNext) return;
      this.#nextFile();
    }
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
    for (const file of [this.writer, this.old]) if (file !== null) closeSync(file.fd);
    rmSync(this.root, { recursive: true });
  }
}

/** Whether the file that a position is in is known by what it begins with. */
function isKnown({ files, channels }: Position): boolean {
  return files[channels[0].file]!.fingerprint.bytes > 0;
}

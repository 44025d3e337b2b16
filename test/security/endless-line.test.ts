import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import type { ResumePoint } from '../../agent/model/position.ts';
import { RecordView } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { LogFile } from '../../agent/tail/log-file.ts';
import { tempDir } from '../support/temp-dir.ts';
import { under } from '../tail/under.ts';

const LINE_BYTES = 10 * 2 ** 30;
const MAX_LINE_BYTES = 262_144;
const CHUNK_BYTES = 516 * 1024;
const HEADER = '2024-05-01T12:00:00Z stdout F ';
const PIECES = 400;

/** A log whose first line has 10 GiB, all of them a hole, and whose second one says `after`. */
async function sparseLog(): Promise<LogFile> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const path = join(dir.path, '0.log');
  const fd = openSync(path, 'w');
  writeSync(fd, HEADER);
  ftruncateSync(fd, HEADER.length + LINE_BYTES);
  writeSync(fd, `\n${HEADER}after\n`, HEADER.length + LINE_BYTES);
  closeSync(fd);
  expect(statSync(path).blocks * 512).toBeLessThan(1_048_576);
  const file = LogFile.open(path, under(dir.path));
  if (typeof file === 'string') throw new Error(file);
  onTestFinished(() => file.close());
  return file;
}

/** Reads as the pipeline does, from `resume` until `take` has had enough; returns where reading goes on. */
async function read(file: LogFile, resume: ResumePoint, take: (view: RecordView) => boolean): Promise<ResumePoint> {
  const partBudget = new ByteBudget(2 * MAX_LINE_BYTES, new Wakeup());
  const decoder = new SourceDecoder({ maxLineBytes: MAX_LINE_BYTES, partWaitSeconds: 10, partBudget, spares: new SpareBuffers() }, resume);
  const [buffer, view] = [Buffer.alloc(CHUNK_BYTES), new RecordView()];
  for (let goesOn = true; goesOn; ) {
    const { at } = decoder;
    const length = await file.read(buffer, at);
    const bytes = buffer.subarray(0, length);
    decoder.feed({ bytes, at, startsFile: at === 0, endsFile: false, afterGap: false, full: length === CHUNK_BYTES }, [1, 0]);
    while (goesOn && decoder.next(view)) goesOn = take(view);
    expect(partBudget.usedBytes).toBeLessThanOrEqual(2 * MAX_LINE_BYTES);
    goesOn &&= decoder.consumed > 0;
  }
  return decoder.resumePoint();
}

test('I3 a line of 10 GiB takes no more memory than a piece of it, and what follows is read', async () => {
  const file = await sparseLog();
  let pieces = 0;
  let bytes = 0;
  const resume = await read(file, SourceDecoder.start, ({ start, end }) => {
    bytes += end - start;
    pieces += 1;
    return pieces < PIECES;
  });
  expect(bytes).toBe(PIECES * MAX_LINE_BYTES);
  // Its end, without all the pieces between.
  const skipped = LINE_BYTES - 2 * bytes;
  const [out, err] = resume;
  const last: string[] = [];
  const end = await read(
    file,
    [
      { ...out, at: out.at + skipped },
      { ...err, at: err.at + skipped },
    ],
    (view) => {
      bytes += view.end - view.start;
      last.push(view.buffer.toString('latin1', view.start, Math.min(view.end, view.start + 5)));
      return true;
    },
  );
  expect(last.at(-1)).toBe('after');
  expect(bytes).toBe(LINE_BYTES - skipped + 'after'.length);
  expect(end[0].at).toBe(2 * HEADER.length + LINE_BYTES + '\nafter\n'.length);
});

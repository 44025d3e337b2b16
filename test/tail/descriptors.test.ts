import { appendFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LineReader } from '../support/line-reader.ts';
import { FaultyFiles } from '../simulation/faulty-files.ts';
import { FIRST, logDir, openDescriptors, reader, rotate, SECOND } from './log-dir.ts';

describe(Descriptors, () => {
  test('are exhausted at the limit, until one is closed', () => {
    const descriptors = new Descriptors(2, new FakeClock());
    descriptors.opened();
    expect(descriptors.exhausted).toBe(false);
    descriptors.opened();
    expect(descriptors.exhausted).toBe(true);
    descriptors.closed();
    expect([descriptors.exhausted, descriptors.open]).toStrictEqual([false, 1]);
  });

  test('a refusal of the system is believed for ten seconds: as many as were open then, and no more', async () => {
    const clock = new FakeClock();
    const descriptors = new Descriptors(100, clock);
    for (let n = 0; n < 3; n += 1) descriptors.opened();
    descriptors.refused();
    descriptors.closed();
    expect(descriptors.exhausted).toBe(false);
    descriptors.opened();
    expect(descriptors.exhausted).toBe(true);
    await clock.advance(9999);
    expect(descriptors.exhausted).toBe(true);
    await clock.advance(1);
    expect(descriptors.exhausted).toBe(false);
  });
});

describe('a log for which there are not enough descriptors', () => {
  test('is opened whole or not at all, and leaves none open', async () => {
    const dir = await logDir();
    for (const [path, text] of [
      [`${dir.live}.${FIRST}`, 'a\n'],
      [`${dir.live}.${SECOND}`, 'b\n'],
      [dir.live, 'c\n'],
    ] as const)
      writeFileSync(path, text);
    const before = openDescriptors();
    const clock = new FakeClock();
    for (const limit of [0, 1, 2]) {
      const descriptors = new Descriptors(limit, clock);
      using log = new LineReader(dir.live, [dir.root], { descriptors });
      expect([log.opened, descriptors.open, openDescriptors()]).toStrictEqual(['too_many_open', 0, before]);
    }
    expect(await reader(dir, { descriptors: new Descriptors(3, clock) }).finish()).toBe('a\nb\nc\n');
  });

  test('I4 is read on in what is open, and followed once there is one more', async () => {
    const [dir, other] = [await logDir(), await logDir()];
    const descriptors = new Descriptors(3, new FakeClock());
    for (const { live } of [dir, other]) writeFileSync(live, 'a\n');
    writeFileSync(`${other.live}.${FIRST}`, '');
    const log = reader(dir, { descriptors });
    const inTheWay = new LineReader(other.live, [other.root], { descriptors });
    rotate(dir, FIRST, 'b\n');
    appendFileSync(`${dir.live}.${FIRST}`, 'late\n');
    const before = openDescriptors();
    expect(await log.finish()).toBe('a\nlate\n');
    expect([log.log.followFailure, openDescriptors()]).toStrictEqual(['too_many_open', before]);
    inTheWay[Symbol.dispose]();
    expect(await log.finish()).toBe('b\n');
    expect([log.log.followFailure, descriptors.open]).toStrictEqual([null, 1]);
  });

  test('I4 the same when it is the system that refuses', async () => {
    const dir = await logDir();
    const [clock, fs] = [new FakeClock(), new FaultyFiles()];
    const descriptors = new Descriptors(100, clock);
    writeFileSync(dir.live, 'a\n');
    const log = reader(dir, { descriptors, fs });
    rotate(dir, FIRST, 'b\n');
    fs.fail('open_EMFILE');
    expect(await log.finish()).toBe('a\n');
    expect([log.log.followFailure, descriptors.open]).toStrictEqual(['too_many_open', 1]);
    await clock.advance(10_000);
    expect(await log.finish()).toBe('b\n');
  });
});

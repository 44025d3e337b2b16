import { describe, expect, test } from 'vitest';
import { ThrottledLogger } from '../../agent/runtime/logger.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

describe(ThrottledLogger, () => {
  test('says the same thing once a minute, and then how often it was not said', async () => {
    const clock = new FakeClock();
    const recorder = new LogRecorder();
    const log = new ThrottledLogger(recorder, clock);
    for (let second = 0; second < 60; second += 1) {
      log.warn('a', { second }, 'a push failed');
      await clock.advance(1000);
    }
    log.warn('a', { second: 60 }, 'a push failed');
    expect(recorder.said).toStrictEqual([
      { level: 'warn', message: 'a push failed', fields: { second: 0 } },
      { level: 'warn', message: 'a push failed', fields: { second: 60, suppressed: 59 } },
    ]);
  });

  test('tells things apart by text and key', () => {
    const recorder = new LogRecorder();
    const log = new ThrottledLogger(recorder, new FakeClock());
    for (const key of ['a', 'b']) for (const message of ['x', 'y', 'x']) log.warn(key, {}, message);
    expect(recorder.messages).toStrictEqual(['x', 'y', 'x', 'y']);
  });

  test('what was said long ago and never again leaves no count behind', async () => {
    const clock = new FakeClock();
    const recorder = new LogRecorder();
    const log = new ThrottledLogger(recorder, clock);
    log.warn('a', {}, 'x');
    await clock.advance(3_600_000);
    log.warn('a', { again: true }, 'x');
    expect(recorder.said[1]).toStrictEqual({ level: 'warn', message: 'x', fields: { again: true } });
  });
});

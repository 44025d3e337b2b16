import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
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

/** Standard output of a process that logs the given fields. */
function logged(fields: object): string {
  const logger = JSON.stringify(join(import.meta.dirname, '../../agent/runtime/logger.ts'));
  const script = `import { createLogger } from ${logger}; createLogger('info').warn(${JSON.stringify(fields)}, 'said');`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }).stdout;
}

describe('a line of the agent’s own log', () => {
  const hostile = '\u001b[31m\u0000\r\n\u007f\u009b2J\u200b\u202e\u2028\u{e0041}é日本😀"\\';

  test('holds nothing that a terminal acts on or hides, and still says what it was', () => {
    const line = logged({ path: hostile });
    expect(line.replace(/\n$/, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line).toContain('é日本😀');
    expect(JSON.parse(line)).toMatchObject({ level: 40, path: hostile, msg: 'said' });
  });
});

import { describe, expect, test } from 'vitest';
import { ProgressView } from '../../agent/demo/progress-view.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ROWS = [{ name: 'checkout', about: 'JSON, one object a line', written: 1200, stored: 1150 }];
const ALL = { name: 'all', about: '', written: 1200, stored: 1150 };

class RecordedScreen {
  readonly isTTY: boolean;
  readonly columns: number = 50;
  text = '';

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }

  /** What has been written since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

describe('in a pipe', () => {
  test('events are lines with their time, explanations are indented', async () => {
    const clock = new FakeClock();
    const screen = new RecordedScreen(false);
    const view = new ProgressView(screen, clock);
    view.event('the containers write');
    await clock.advance(12_340);
    view.event('the store goes down\nas stores do');
    expect(screen.take()).toBe('    0.0 s  the containers write\n   12.3 s  the store goes down\n           as stores do\n');
  });

  test('progress is a line every two seconds, however often it is shown', async () => {
    const clock = new FakeClock();
    const screen = new RecordedScreen(false);
    const view = new ProgressView(screen, clock);
    for (let shown = 0; shown < 17; shown++) {
      view.progress(ROWS, ALL);
      await clock.advance(250);
    }
    expect(screen.take()).toBe(
      '    2.0 s  1,200 lines written, 1,150 stored, 50 behind\n    4.0 s  1,200 lines written, 1,150 stored, 50 behind\n',
    );
    await clock.advance(2000);
    view.progress(ROWS, { ...ALL, stored: null });
    expect(screen.take()).toBe('    6.3 s  1,200 lines written\n');
    view.end();
    expect(screen.take()).toBe('');
  });
});

describe('on a terminal', () => {
  test('the table is drawn anew below the events, and goes in the end', () => {
    const screen = new RecordedScreen(true);
    const view = new ProgressView(screen, new FakeClock());
    view.progress(ROWS, ALL);
    const table = `
                 written   stored   behind
  checkout         1,200    1,150       50   JSON
  all              1,200    1,150       50
`;
    expect(screen.take()).toBe(table);
    view.event('the store is back');
    expect(screen.take()).toBe(`\x1b[4A\x1b[J    0.0 s  the store is back\n${table}`);
    view.progress(ROWS, ALL);
    expect(screen.take()).toBe(`\x1b[4A\x1b[J${table}`);
    view.end();
    expect(screen.take()).toBe('\x1b[4A\x1b[J');
    view.event('done');
    expect(screen.take()).toBe('    0.0 s  done\n');
  });
});

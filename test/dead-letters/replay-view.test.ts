import { describe, expect, test } from 'vitest';
import { ReplayView } from '../../agent/dead-letters/replay-view.ts';
import { FakeClock } from '../support/fake-clock.ts';

function viewOn(screen: { isTTY: boolean; columns: number }) {
  const written: string[] = [];
  const clock = new FakeClock();
  const view = new ReplayView({ ...screen, write: (text) => void written.push(text) }, clock, { output: 'loki', totalBytes: 200 });
  return { view, clock, written };
}

const TALLY = { stored: 1234, refused: 5, unsent: 0, bad: 0 };

describe(ReplayView, () => {
  test('draws a bar on a terminal, not too often, and takes it away', async () => {
    const { view, clock, written } = viewOn({ isTTY: true, columns: 80 });
    view.progress(50, TALLY);
    view.progress(60, TALLY);
    await clock.advance(100);
    view.progress(200, TALLY);
    view.event('something');
    view.end();
    expect(written).toStrictEqual([
      '\r\x1b[Kloki  [#####---------------] 25 %  1,234 stored, 5 refused again',
      '\r\x1b[Kloki  [####################]100 %  1,234 stored, 5 refused again',
      '\r\x1b[K',
      'something\n',
    ]);
  });

  test('never wraps', () => {
    const { view, written } = viewOn({ isTTY: true, columns: 12 });
    view.progress(50, TALLY);
    expect(written).toStrictEqual(['\r\x1b[Kloki  [####']);
  });

  test('writes a line every two seconds in a pipe', async () => {
    const { view, clock, written } = viewOn({ isTTY: false, columns: 80 });
    view.progress(50, TALLY);
    await clock.advance(2000);
    view.progress(50, TALLY);
    view.progress(60, TALLY);
    view.end();
    expect(written).toStrictEqual(['loki: 25 %  1,234 stored, 5 refused again\n']);
  });
});

import { describe, expect, test } from 'vitest';
import { Memory } from '../../agent/process/memory.ts';

describe(Memory, () => {
  test('keeps numbers of each channel, and what its newest entry found', () => {
    const memory = new Memory(2);
    const [a, b] = [memory.slot(), memory.slot()];
    memory.begin(0)[a] = 1;
    memory.begin(0)[b] = 2;
    memory.begin(1)[a] = 3;
    expect([memory.before(0), memory.now(0)]).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect([memory.before(1), memory.now(1)]).toEqual([
      [0, 0],
      [3, 0],
    ]);
  });

  test('goes on with what was kept, unless other stages kept it', () => {
    const memory = new Memory(2);
    const slot = memory.slot();
    memory.restore(0, [7]);
    memory.restore(1, [7, 8]);
    expect([memory.begin(0)[slot], memory.begin(1)[slot]]).toEqual([7, 0]);
  });

  test('what is handed out stays as it is', () => {
    const memory = new Memory(1);
    const slot = memory.slot();
    const now = memory.now(0);
    memory.begin(0)[slot] = 1;
    expect(now).toEqual([0]);
  });
});

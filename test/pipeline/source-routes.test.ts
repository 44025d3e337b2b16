import { describe, expect, test } from 'vitest';
import { STDOUT } from '../../agent/model/record.ts';
import { type FoundRoutes, SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { Memory } from '../../agent/process/memory.ts';
import { type MemoryRoute, MemoryOutput } from '../support/memory-output.ts';

function routesTo(name: string, final: boolean): FoundRoutes<MemoryRoute> {
  const output = new MemoryOutput();
  const route = output.route({ labels: { name }, metadata: [] });
  return { byChannel: [route, route], final };
}

describe(SourceRoutes, () => {
  test('are asked for until they are final', () => {
    const [provisional, final] = [routesTo('a', false), routesTo('b', true)];
    const answers = [null, provisional, null, final, provisional];
    const routes = new SourceRoutes<MemoryRoute>(() => answers.shift() ?? null);
    expect(() => routes.byChannel).toThrow('nothing is sent of a source before it is known whose it is');
    const seen = [1, 2, 3, 4, 5].map(() => [routes.find(), routes.known && routes.byChannel]);
    expect(seen).toStrictEqual([
      [false, false],
      [true, provisional.byChannel],
      [false, provisional.byChannel],
      [true, final.byChannel],
      [false, final.byChannel],
    ]);
    expect(answers).toStrictEqual([provisional]);
  });
});

function keeping(name: string): { readonly found: FoundRoutes<MemoryRoute>; readonly memory: Memory } {
  const memory = new Memory(2);
  memory.slot();
  const processing = { lineValues: {}, needles: null, memory, reads: () => undefined, apply: (): null => null };
  return { found: { ...routesTo(name, true), processing }, memory };
}

describe('routes that are found anew', () => {
  test.each([
    ['go on with what their stages have kept', true, [7]],
    ['forget what other stages have kept', false, [0]],
  ])('%s, and serve as before until then', (_, isSameStages, kept) => {
    const [before, after] = [keeping('a'), keeping('b')];
    const answers = [null, after.found];
    const routes = new SourceRoutes<MemoryRoute>(() => before.found);
    routes.find();
    before.memory.begin(STDOUT)[0] = 7;
    routes.renew(new SourceRoutes<MemoryRoute>(() => answers.shift() ?? null), isSameStages);
    expect([routes.find(), routes.byChannel, routes.outdated]).toStrictEqual([false, before.found.byChannel, true]);
    expect([routes.find(), routes.byChannel, routes.outdated]).toStrictEqual([true, after.found.byChannel, false]);
    expect(after.memory.now(STDOUT)).toStrictEqual(kept);
    expect(routes.find()).toBe(false);
  });
});

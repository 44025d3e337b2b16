import { describe, expect, test } from 'vitest';
import { type FoundRoutes, SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { type MemoryRoute, MemoryOutput } from '../support/memory-output.ts';

function routesTo(name: string, final: boolean): FoundRoutes<MemoryRoute> {
  const output = new MemoryOutput();
  const route = output.route({ labels: { name }, metadata: [] });
  return { pair: [route, route], final };
}

describe(SourceRoutes, () => {
  test('are asked for until they are final', () => {
    const [provisional, final] = [routesTo('a', false), routesTo('b', true)];
    const answers = [null, provisional, null, final, provisional];
    const routes = new SourceRoutes<MemoryRoute>(() => answers.shift() ?? null);
    expect(() => routes.pair).toThrow('nothing is sent of a source before it is known whose it is');
    const seen = [1, 2, 3, 4, 5].map(() => [routes.find(), routes.known && routes.pair]);
    expect(seen).toStrictEqual([
      [false, false],
      [true, provisional.pair],
      [false, provisional.pair],
      [true, final.pair],
      [false, final.pair],
    ]);
    expect(answers).toStrictEqual([provisional]);
  });
});

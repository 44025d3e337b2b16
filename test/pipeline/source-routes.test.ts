import { describe, expect, test } from 'vitest';
import { type FoundRoutes, SourceRoutes } from '../../agent/pipeline/source-routes.ts';
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

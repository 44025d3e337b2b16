import { describe, expect, test } from 'vitest';
import { RecordView } from '../../agent/model/record.ts';
import { LabelRoutes } from '../../agent/pipeline/label-routes.ts';
import { Entry } from '../../agent/process/entry.ts';
import { type MemoryRoute, MemoryOutput } from '../support/memory-output.ts';

const NAMES = ['level', 'app'];

interface Bench {
  readonly routes: LabelRoutes<MemoryRoute>;
  /** The identities that routes were made of, in order. */
  readonly made: object[];
}

function routesWith(labels: Record<string, string>, admits: (name: string, value: string) => boolean, names = NAMES): Bench {
  const output = new MemoryOutput();
  const made: object[] = [];
  const routeOf = (identity: Parameters<MemoryOutput['route']>[0]): MemoryRoute => {
    made.push(identity.labels);
    return output.route(identity);
  };
  return { routes: new LabelRoutes({ names, identity: { labels, metadata: [['pod', 'p']] }, routeOf, admits }), made };
}

function entryWith(...labels: (string | null)[]): Entry {
  const view = new RecordView();
  const entry = new Entry(view);
  entry.begin(view, [], labels);
  return entry;
}

describe(LabelRoutes, () => {
  test('I2 equal labels are one route, others are others', () => {
    const { routes, made } = routesWith({ app: 'cart', pod: 'x' }, () => true);
    const first = routes.of(entryWith('info', 'cart'));
    expect(routes.of(entryWith('warn', 'cart'))).not.toBe(first);
    expect(routes.of(entryWith(null, 'cart'))).not.toBe(first);
    expect(routes.of(entryWith('info', null))).not.toBe(first);
    expect(routes.of(entryWith('info', 'cart'))).toBe(first);
    expect(made).toStrictEqual([
      { app: 'cart', pod: 'x', level: 'info' },
      { app: 'cart', pod: 'x', level: 'warn' },
      { app: 'cart', pod: 'x' },
      { pod: 'x', level: 'info' },
    ]);
  });

  test('I5 an entry that stages leave no label keeps those of its source', () => {
    const { routes, made } = routesWith({ app: 'cart' }, () => true);
    routes.of(entryWith(null, null));
    expect(made).toStrictEqual([{ app: 'cart' }]);
  });

  test('an empty value is none', () => {
    const { routes } = routesWith({ app: 'cart' }, () => true);
    expect(routes.of(entryWith('', 'cart'))).toBe(routes.of(entryWith(null, 'cart')));
  });

  test('I5 a value that may be no label goes along as metadata; what the source has anyway is never asked for', () => {
    const asked: string[] = [];
    const { routes } = routesWith({ app: 'cart' }, (name, value) => {
      asked.push(`${name}=${value}`);
      return value !== 'id-2';
    });
    const [one, two, none] = [entryWith('id-1', 'cart'), entryWith('id-2', 'cart'), entryWith(null, 'cart')];
    expect(routes.of(one)).not.toBe(routes.of(none));
    expect(routes.of(two)).toBe(routes.of(none));
    expect([one, two].map(({ view }) => view.metadata)).toStrictEqual([null, [['level', 'id-2']]]);
    routes.of(entryWith('id-1', 'cart'));
    expect(asked).toStrictEqual(['level=id-1', 'level=id-2']);
  });

  test('I5 labels beyond those that the store takes become metadata, before it refuses the stream', () => {
    const labels = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`l${n}`, 'x']));
    const { routes, made } = routesWith({ ...labels, service_name: 's' }, () => true, ['a', 'b', 'service_name']);
    const entry = entryWith('1', '2', 't');
    routes.of(entry);
    expect(made).toStrictEqual([{ ...labels, service_name: 't', a: '1' }]);
    expect(entry.view.metadata).toStrictEqual([['b', '2']]);
  });

  test('I3 keeps a bounded number of routes, and finds those of before again', () => {
    const { routes, made } = routesWith({}, () => true, ['a']);
    for (let n = 0; n < 10_000; n += 1) routes.of(entryWith(String(n)));
    expect(made).toHaveLength(10_000);
    const last = routes.of(entryWith('9999'));
    expect([routes.of(entryWith('9999')), made.length]).toStrictEqual([last, 10_000]);
    routes.of(entryWith('0'));
    expect(made.at(-1)).toStrictEqual({ a: '0' });
  });
});

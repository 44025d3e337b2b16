import { describe, expect, test } from 'vitest';
import { LabelBudget } from '../../agent/enrich/label-budget.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

const DAY_MS = 86_400_000;

function logOf(id: string, namespace = 'shop'): { id: string; namespace: string } {
  return { id, namespace };
}

function budgetOf(maxValues: number, maxNamespaceValues = 0): { budget: LabelBudget; clock: FakeClock; recorder: LogRecorder } {
  const clock = new FakeClock();
  const recorder = new LogRecorder();
  return { budget: new LabelBudget({ maxValues, maxNamespaceValues }, clock, recorder.throttled(clock)), clock, recorder };
}

describe(LabelBudget, () => {
  test('takes so many values of each label, those it has taken again and again, and says which label has more', () => {
    const { budget, recorder } = budgetOf(2);
    const admitted = (app: string): string[] =>
      budget.admit(logOf(`of ${app}`), [
        ['app', app],
        ['team', 'one'],
      ]);
    expect(['a', 'b', 'c', 'a', 'd', 'b'].map(admitted)).toStrictEqual([[], [], ['app'], [], ['app'], []]);
    expect(budget.use).toStrictEqual(
      new Map([
        ['app', { values: 2, demotions: 2 }],
        ['team', { values: 1, demotions: 0 }],
      ]),
    );
    expect(recorder.said.map(({ fields }) => fields)).toStrictEqual([{ label: 'app', source: 'of c', namespace: 'shop', maxValues: 2 }]);
  });

  test('a namespace that uses up its own takes nothing from the others', () => {
    const { budget, recorder } = budgetOf(10, 3);
    const ids = Array.from({ length: 100 }, (_, n) => budget.admit(logOf(`of ${n}`, 'hostile'), [['request', `${n}`]]).length);
    expect(ids.filter((demoted) => demoted === 0)).toHaveLength(3);
    expect(budget.admit(logOf('cart'), [['request', 'other']])).toStrictEqual([]);
    // What another namespace has is one of its own too.
    expect(budget.admit(logOf('late', 'hostile'), [['request', 'other']])).toStrictEqual(['request']);
    expect(budget.use.get('request')).toStrictEqual({ values: 4, demotions: 98 });
    expect(recorder.said.map(({ fields }) => fields)).toStrictEqual([
      { label: 'request', source: 'of 3', namespace: 'hostile', maxValues: 3 },
    ]);
  });

  test('counts values of a day, of a namespace too', async () => {
    const { budget, clock } = budgetOf(0, 1);
    expect(budget.admit(logOf(''), [['app', 'a']])).toStrictEqual([]);
    expect(budget.admit(logOf(''), [['app', 'b']])).toStrictEqual(['app']);
    await clock.advance(DAY_MS);
    expect(budget.admit(logOf(''), [['app', 'b']])).toStrictEqual([]);
  });

  test('counts values of a day', async () => {
    const { budget, clock } = budgetOf(1);
    expect(budget.admit(logOf(''), [['app', 'a']])).toStrictEqual([]);
    await clock.advance(DAY_MS - 1);
    expect(budget.admit(logOf(''), [['app', 'b']])).toStrictEqual(['app']);
    await clock.advance(1);
    expect(budget.admit(logOf(''), [['app', 'b']])).toStrictEqual([]);
    expect(budget.admit(logOf(''), [['app', 'a']])).toStrictEqual(['app']);
  });

  test('what logs have already counts, and is never refused', () => {
    const { budget } = budgetOf(2);
    for (const app of ['a', 'b', 'c']) budget.adopt(logOf(''), [['app', app]]);
    expect(budget.admit(logOf(''), [['app', 'a']])).toStrictEqual([]);
    expect(budget.admit(logOf(''), [['app', 'd']])).toStrictEqual(['app']);
  });

  test('I3 keeps no more of values than it takes', () => {
    const { budget } = budgetOf(100);
    for (let n = 0; n < 10_000; n += 1) budget.admit(logOf(''), [['app', `a-${n}`]]);
    expect(budget.use.get('app')).toStrictEqual({ values: 100, demotions: 9900 });
  });

  test('0 is no limit, and counts nothing', () => {
    const { budget } = budgetOf(0);
    for (let n = 0; n < 100; n += 1) expect(budget.admit(logOf(''), [['app', `a-${n}`]])).toStrictEqual([]);
    expect(budget.use.size).toBe(0);
  });
});

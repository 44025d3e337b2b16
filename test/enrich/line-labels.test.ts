import { describe, expect, test } from 'vitest';
import { LabelBudget } from '../../agent/enrich/label-budget.ts';
import { LineLabels } from '../../agent/enrich/line-labels.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

function budgetOf(maxValues: number): LabelBudget {
  const clock = new FakeClock();
  return new LabelBudget({ maxValues, maxNamespaceValues: 0 }, clock, new LogRecorder().throttled(clock));
}

const LOG = { id: 'a', namespace: 'shop' };

describe(LineLabels, () => {
  test('admits as many values as the budget has room for, and those again', () => {
    const labels = new LineLabels(LOG, budgetOf(2));
    const admitted = ['1', '2', '3', '1', '4', '2'].map((value) => labels.admits('user', value));
    expect(admitted).toStrictEqual([true, true, false, true, false, true]);
    expect(labels.admits('other', '3')).toBe(true);
  });

  test('I9 admits after a restart what it had admitted before, though others have used up the budget', () => {
    const before = new LineLabels(LOG, budgetOf(2));
    before.admits('user', '1');
    before.admits('user', '2');
    const budget = budgetOf(2);
    budget.admit({ id: 'b', namespace: 'shop' }, [
      ['user', '8'],
      ['user', '9'],
    ]);
    const after = new LineLabels(LOG, budget, JSON.parse(JSON.stringify(before.values)) as typeof before.values);
    expect(['2', '3', '1'].map((value) => after.admits('user', value))).toStrictEqual([true, false, true]);
    expect(after.values).toStrictEqual(before.values);
  });

  test.each(['', ' ', 'a\nb', '\ud800', 'x'.repeat(3000)])('no label is made of %j', (value) => {
    expect(new LineLabels(LOG, undefined).admits('user', value)).toBe(false);
  });
});

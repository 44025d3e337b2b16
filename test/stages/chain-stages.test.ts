import { expect, test } from 'vitest';
import { chainStages, type Stage } from '../../agent/process/stage.ts';
import { processed } from './entry.ts';

function cutting(calls: string[], name: string, goesOn: boolean): Stage {
  return {
    apply({ view }) {
      calls.push(name);
      view.end -= 1;
      return goesOn;
    },
  };
}

test('without stages there is nothing to call', () => {
  expect(chainStages([])).toBeNull();
});

test('stages run in order, each on what the one before has left, until one stops the entry', () => {
  const calls: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((name) => cutting(calls, name, name !== 'b'));
  expect(processed(chainStages([a!, c!, b!])!, 'abcd')).toStrictEqual({ goesOn: false, text: Buffer.from('a'), metadata: null });
  expect(processed(chainStages([a!, b!, c!])!, 'abcd')).toMatchObject({ goesOn: false, text: Buffer.from('ab') });
  expect(processed(chainStages([c!])!, 'abcd')).toMatchObject({ goesOn: true, text: Buffer.from('abc') });
  expect(calls.join('')).toBe('acbabc');
});

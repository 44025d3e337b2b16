import { expect, test } from 'vitest';
import { largePod } from './large-pod.ts';

test('is as large as it says', () => {
  const bytes = JSON.stringify(largePod({ uid: 'u', name: 'app' }, 1)).length;
  expect(Math.round(bytes / 1000)).toBe(15);
});

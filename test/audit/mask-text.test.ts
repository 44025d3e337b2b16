import { expect, test } from 'vitest';
import { maskText } from '../../agent/audit/mask-text.ts';

test.each([
  ['--password=a&"b c\nd', '--password=[redacted:assigned]'],
  ['-db.password-file=/run/x y', '-db.password-file=[redacted:assigned]'],
  ['run --password=a&b', 'run --password=[redacted:assigned]&b'],
  ['/login?password=a&user=b', '/login?password=[redacted:assigned]&user=b'],
])('%j: an argument ends with its text, a parameter before the next', (text, masked) => {
  expect(maskText(text, () => undefined)).toBe(masked);
  expect(maskText(masked, () => undefined)).toBeNull();
});

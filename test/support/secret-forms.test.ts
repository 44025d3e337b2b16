import { expect, test } from 'vitest';
import { secretForms } from './secret-forms.ts';

const SECRET = 'abcdefghijklmnop0123&"<9876543210ponmlkjihgf';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['plain', SECRET],
  ['JSON in JSON', JSON.stringify(JSON.stringify({ SECRET }))],
  ['a part of a URL', encodeURIComponent(SECRET)],
  ['base64', base64(SECRET)],
  ['base64 of an object', base64(JSON.stringify({ a: SECRET }))],
  ['base64 of an object with a longer name', base64(JSON.stringify({ ab: SECRET, c: 1 }))],
  ['base64 twice', base64(`x${base64(`yy${SECRET}`)}`)],
  ['hexadecimal', Buffer.from(SECRET).toString('hex')],
  ['one of its halves', SECRET.slice(0, 20)],
])('a secret is told in %s', (_, text) => {
  expect(secretForms(SECRET).some((form) => text.includes(form))).toBe(true);
});

test('another is not, and a short one cannot be told', () => {
  expect(secretForms(SECRET).some((form) => base64(SECRET.toUpperCase()).includes(form))).toBe(false);
  expect(() => secretForms('short')).toThrow('nothing in it that could be told');
});

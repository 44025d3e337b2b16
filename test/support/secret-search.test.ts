import { describe, expect, test } from 'vitest';
import { SecretSearch } from './secret-search.ts';

const SECRET = 'correcthorsebattery"<staplecorrecthorse';
const OTHER = 'anotherhorseanotherbattery';

describe(SecretSearch, () => {
  const search = new SecretSearch([OTHER, SECRET]);

  test.each([
    ['plain', SECRET],
    ['at the beginning and the end', `${SECRET}.`],
    ['as JSON', JSON.stringify({ password: SECRET })],
    ['hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64 that begins one byte earlier', Buffer.from(`x${SECRET}`).toString('base64')],
    ['base64 that begins two bytes earlier', Buffer.from(`xx${SECRET}`).toString('base64')],
  ])('finds a secret: %s', (_, text) => {
    expect(search.in(Buffer.from(text))).toEqual([SECRET]);
    expect(search.in(Buffer.from(`correct ${text} horse`))).toEqual([SECRET]);
  });

  test('finds nothing in what only begins like one', () => {
    expect(search.in(Buffer.from('correct horse, another horse, correcthorse'))).toEqual([]);
    expect(search.in(Buffer.alloc(0))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseListenAddress } from '../../agent/config/listen-address.ts';

describe(parseListenAddress, () => {
  it.each([
    ['0.0.0.0:9095', { host: '0.0.0.0', port: 9095 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    [':65535', { host: null, port: 65535 }],
    ['[::]:80', { host: '::', port: 80 }],
    ['[fe80::1]:80', { host: 'fe80::1', port: 80 }],
    ['', null],
    ['9095', null],
    ['localhost', null],
    ['localhost:', null],
    ['localhost:http', null],
    ['localhost:65536', null],
    ['localhost:-1', null],
    ['::1:80', null],
    ['[]:80', null],
    ['[localhost]:80', null],
    ['http://localhost:80', null],
    [' localhost:80', null],
  ])('%j', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });
});

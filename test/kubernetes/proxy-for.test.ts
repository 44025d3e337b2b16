import { expect, test } from 'vitest';
import { proxyFor } from '../../agent/kubernetes/proxy-for.ts';

const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };

test.each([
  ['https://10.96.0.1:443', {}, null],
  ['https://10.96.0.1:443', PROXY, 'http://proxy:3128/'],
  ['https://10.96.0.1:443', { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
  ['http://10.96.0.1:8080', PROXY, null],
  ['http://10.96.0.1:8080', { HTTP_PROXY: 'http://other:1' }, 'http://other:1/'],
  ['https://127.0.0.1:6443', PROXY, null],
  ['https://[::1]:6443', PROXY, null],
  ['https://localhost:6443', PROXY, null],
  ['https://10.96.0.1', { HTTPS_PROXY: '' }, null],
  ['https://10.96.0.1', { HTTPS_PROXY: 'http://[broken' }, null],
])('%s with %j: %s', (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)?.href ?? null).toBe(proxy);
});

test.each([
  ['https://10.96.0.1', '*', true],
  ['https://10.96.0.1', 'a.test, 10.96.0.1', true],
  ['https://10.96.0.1', '10.96.0.0/12', true],
  ['https://10.95.0.1', '10.96.0.0/12', false],
  ['https://10.96.0.1', '10.96.0.0/99', false],
  ['https://10.96.0.1', 'fd00::/8', false],
  ['https://[fd00::1]', 'fd00::/8', true],
  ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
  ['https://[fd00::1]:6443', '[fd00::1]:443', false],
  ['https://api.test:6443', 'test', true],
  ['https://api.test:6443', '.test', true],
  ['https://api.test:6443', '*.test', true],
  ['https://test:6443', '.test', false],
  ['https://test:6443', 'TEST', true],
  ['https://contest:6443', 'test', false],
  ['https://api.test', 'api.test:443', true],
  ['https://api.test', 'api.test:6443', false],
])('%s is excepted by NO_PROXY %s: %s', (url, excepted, isExcepted) => {
  expect(proxyFor(new URL(url), { ...PROXY, NO_PROXY: excepted }) === null).toBe(isExcepted);
});

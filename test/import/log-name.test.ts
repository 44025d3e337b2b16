import { describe, expect, test } from 'vitest';
import { isCutLink, isNameOf, logNameOf } from '../../agent/import/log-name.ts';

const ID = 'c0ffee'.padEnd(64, '0');
const SOURCE = 'shop_cart-0_7d0f6c1e-9f3a-4c52-8f0e-1c2d3e4f5a6b/app/2';

describe(logNameOf, () => {
  test.each([
    ['the live file', `/var/log/pods/${SOURCE}.log`, { kind: 'source', id: SOURCE, rotated: null }],
    ['another mount root', `/host/var/log/pods/${SOURCE}.log`, { kind: 'source', id: SOURCE, rotated: null }],
    ['a rotated file', `/var/log/pods/${SOURCE}.log.20240501-120000`, { kind: 'source', id: SOURCE, rotated: '2.log.20240501-120000' }],
    ['a link', `/var/log/containers/cart-0_shop_app-${ID}.log`, { kind: 'container', containerId: ID }],
    ['a file of Docker', `/var/lib/docker/containers/${ID}/${ID}-json.log`, { kind: 'container', containerId: ID }],
    ['a compressed file, whose offset says nothing', `/var/log/pods/${SOURCE}.log.20240501-120000.gz`, null],
    ['a rotated file of Docker, whose name moves on', `/var/lib/docker/containers/${ID}/${ID}-json.log.1`, null],
    ['a link whose name was cut, and the container id with it', `/var/log/containers/cart-0_shop_app-${ID.slice(1)}.log`, null],
    ['a file of the host', '/var/log/syslog', null],
    ['a file in a directory that is no pod', '/var/log/pods/shop_cart-0/app/2.log', null],
  ])('%s', (_, path, name) => {
    expect(logNameOf(path)).toStrictEqual(name);
  });

  test('a name is compared with the source, or the container that it names', () => {
    const live = logNameOf(`/var/log/pods/${SOURCE}.log`)!;
    const link = logNameOf(`/var/log/containers/cart-0_shop_app-${ID}.log`)!;
    expect(isNameOf(live, { id: SOURCE, containerId: '' })).toBe(true);
    expect(isNameOf(live, { id: 'shop_cart-0_u/app/3', containerId: ID })).toBe(false);
    expect(isNameOf(link, { id: SOURCE, containerId: ID })).toBe(true);
    expect(isNameOf(link, { id: SOURCE, containerId: 'f'.repeat(64) })).toBe(false);
    expect(isNameOf(link, { id: SOURCE, containerId: '' })).toBeNull();
  });

  test('a link that is as long as names may be has lost its end', () => {
    const name = `cart-0_shop_app-${ID}`.padStart(251, 'x');
    expect(isCutLink(`/var/log/containers/${name}.log`)).toBe(true);
    expect(isCutLink(`/var/log/containers/${name.slice(1)}.log`)).toBe(false);
    expect(isCutLink(`/var/log/containers/${name.slice(1)}.log1`)).toBe(false);
  });
});

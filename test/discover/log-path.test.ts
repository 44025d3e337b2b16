import { describe, expect, test } from 'vitest';
import { attemptsOf, containerIdOf, parsePodDirectory, sourceIdOf, sourceOf } from '../../agent/discover/log-path.ts';

const ID = '0123456789abcdef'.repeat(4);

describe(parsePodDirectory, () => {
  test.each([
    ['shop_cart-7d4_9f8e-11', { namespace: 'shop', pod: 'cart-7d4', uid: '9f8e-11' }],
    // A static pod: the uid is the hash of its manifest, the name ends with the node's.
    [
      'kube-system_etcd-node.1_e03f8a9d4c5b6a7f8e9d0c1b2a3f4e5d',
      { namespace: 'kube-system', pod: 'etcd-node.1', uid: 'e03f8a9d4c5b6a7f8e9d0c1b2a3f4e5d' },
    ],
  ])('%s', (name, parts) => {
    expect(parsePodDirectory(name)).toStrictEqual({ name, ...parts });
  });

  test.each(['', 'lost+found', 'a_b', 'a_b_c_d', '_pod_uid', 'ns__uid', 'ns_pod_', '9f8e7d6c-old-layout'])('%j is no pod', (name) => {
    expect(parsePodDirectory(name)).toBe(null);
  });
});

test('the attempts of a container, from live and rotated files alike', () => {
  const names = [
    '1.log',
    '0.log',
    '10.log',
    '2.log.20240501-120000',
    '3.log.20240501-120000.gz',
    '4.log.tmp',
    '5.log.20240501-120000.tmp',
    'x.log',
    '6.txt',
    '-1.log',
  ];
  expect(attemptsOf(names)).toStrictEqual([0, 1, 2, 3, 10]);
});

test('a source is where the kubelet puts its log', () => {
  const pod = { name: 'shop_cart-7d4_u-1', namespace: 'shop', pod: 'cart-7d4', uid: 'u-1' };
  expect(sourceOf('/var/log/pods', pod, 'app', 2)).toStrictEqual({
    id: 'shop_cart-7d4_u-1/app/2',
    namespace: 'shop',
    pod: 'cart-7d4',
    uid: 'u-1',
    container: 'app',
    attempt: 2,
    path: '/var/log/pods/shop_cart-7d4_u-1/app/2.log',
  });
});

describe(sourceIdOf, () => {
  test.each([
    ['/var/log/pods/shop_cart_u-1/app/0.log', 'shop_cart_u-1/app/0'],
    ['/elsewhere/pods/shop_cart_u-1/app/12.log', 'shop_cart_u-1/app/12'],
    ['/var/log/pods/shop_cart_u-1/app/0.log.20240501-120000', null],
    ['/etc/shadow', null],
    ['/var/log/pods/not-a-pod/app/0.log', null],
    ['/var/log/pods/shop_cart_u-1//0.log', null],
    ['0.log', null],
  ])('%s leads to %j', (target, id) => {
    expect(sourceIdOf(target)).toBe(id);
  });
});

describe(containerIdOf, () => {
  test.each([
    [`cart-7d4_shop_app-${ID}.log`, ID],
    [`cart-7d4_shop_app-with-dashes-${ID}.log`, ID],
    // Cut at 255 bytes: what is left of the id is no id.
    [`cart-7d4_shop_app-${ID.slice(1)}.log`, ''],
    ['cart-7d4_shop_app-.log', ''],
    ['cart-7d4_shop_ap.log', ''],
    [`cart-7d4_shop_app-${ID.toUpperCase()}.log`, ''],
  ])('%s', (name, id) => {
    expect(containerIdOf(name)).toBe(id);
  });
});

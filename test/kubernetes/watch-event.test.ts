import { describe, expect, test } from 'vitest';
import { podOf } from '../../agent/kubernetes/pod-of.ts';
import { watchEvent } from '../../agent/kubernetes/watch-event.ts';

const POD = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'cart-1',
    namespace: 'shop',
    uid: 'u-1',
    resourceVersion: '12',
    labels: { app: 'cart' },
    annotations: { 'resource.opentelemetry.io/service.name': 'checkout', 'kubectl.kubernetes.io/last-applied-configuration': '{...}' },
    ownerReferences: [
      { kind: 'Other', name: 'x' },
      { kind: 'ReplicaSet', name: 'cart', controller: true },
    ],
    managedFields: [{ manager: 'kubelet' }],
  },
  spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'cart:1' }] },
  status: { phase: 'Running' },
};

function line(type: string, object: unknown): Buffer {
  return Buffer.from(JSON.stringify({ type, object }));
}

describe(podOf, () => {
  test('keeps what says whose a log is, and nothing else', () => {
    expect(podOf(POD)).toStrictEqual({
      uid: 'u-1',
      namespace: 'shop',
      name: 'cart-1',
      labels: { app: 'cart' },
      annotations: { 'resource.opentelemetry.io/service.name': 'checkout' },
      controller: { kind: 'ReplicaSet', name: 'cart' },
      configHash: null,
    });
  });

  test('keeps annotations that are asked for by their names', () => {
    const asked = new Set(['kubectl.kubernetes.io/last-applied-configuration']);
    expect(podOf(POD, asked)?.annotations).toStrictEqual(POD.metadata.annotations);
  });

  test('a bare pod', () => {
    const metadata = { name: 'a', namespace: 'b', uid: 'c', annotations: { 'kubernetes.io/config.hash': 'd' } };
    expect(podOf({ metadata })).toStrictEqual({
      uid: 'c',
      namespace: 'b',
      name: 'a',
      labels: {},
      annotations: {},
      controller: null,
      configHash: 'd',
    });
  });

  test('I3 of annotations no more is kept than what says that they are too many and too long', () => {
    const annotations = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`logferry.io/exclude.c${n}`, 'x'.repeat(100_000)]));
    const kept = Object.values(podOf({ metadata: { name: 'a', namespace: 'b', uid: 'c', annotations } })?.annotations ?? {});
    expect(kept.map(({ length }) => length)).toStrictEqual(Array.from({ length: 64 }, () => 2049));
  });

  test.each([
    null,
    7,
    'text',
    [],
    {},
    { metadata: null },
    { metadata: { name: 'a', namespace: 'b' } },
    { metadata: { name: 1, namespace: 2, uid: 3 } },
  ])('no pod: %j', (object) => expect(podOf(object)).toBeNull());
});

describe(watchEvent, () => {
  test('pods that come, change and go', () => {
    const pod = podOf(POD);
    expect(watchEvent(line('ADDED', POD))).toStrictEqual({ kind: 'put', pod, version: '12' });
    expect(watchEvent(line('MODIFIED', POD))).toStrictEqual({ kind: 'put', pod, version: '12' });
    expect(watchEvent(line('DELETED', POD))).toStrictEqual({ kind: 'removed', pod, version: '12' });
  });

  test('a bookmark is a version and nothing else', () => {
    const bookmark = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: '99', creationTimestamp: null }, spec: {} };
    expect(watchEvent(line('BOOKMARK', bookmark))).toStrictEqual({ kind: 'bookmark', version: '99' });
  });

  test.each([
    [410, 'too old resource version: 1 (2)', 'expired'],
    [429, 'slow down', 'throttled'],
    [500, 'Timeout: Too large resource version: 9, current: 3', 'version_too_large'],
    [500, 'etcd event received with PrevKv=nil', 'error_event'],
    [400, 'unable to decode an event', 'error_event'],
  ])('an ERROR event of %i: %s', (code, message, reason) => {
    expect(watchEvent(line('ERROR', { kind: 'Status', code, message }))).toMatchObject({ kind: 'trouble', reason });
  });

  test.each([
    'no JSON',
    '[]',
    '{}',
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":{"metadata":{"name":"a"}}}',
    '{"type":"BOOKMARK","object":{}}',
    JSON.stringify({ type: 'RENAMED', object: POD }),
  ])('what is no event is a trouble, not an exception: %s', (text) => {
    expect(watchEvent(Buffer.from(text))).toMatchObject({ kind: 'trouble', reason: 'malformed' });
  });
});

import { describe, expect, test } from 'vitest';
import { benchOf, remembered, streams } from './pod-bench.ts';

describe('labels of a log', () => {
  test('I9 what is sent again after a crash has the labels that it had', async () => {
    const { bench, api } = await benchOf();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'one' } });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    await bench.start();
    for (let n = 0; n < 50; n += 1) bench.print(container, `line ${n}`);
    await bench.allStored();
    await bench.kill();
    await bench.start();
    for (let n = 50; n < 60; n += 1) bench.print(container, `line ${n}`);
    await bench.until(() => bench.loki.entries().some(({ line }) => line.toString() === 'line 59'));
    expect(new Set(bench.loki.entries().map(({ line }) => line.toString())).size).toBe(60);
    expect(streams(bench).map(({ labels: { app } }) => app)).toStrictEqual(['one']);
  });

  test('I9 are kept over a crash, however the pod has changed by then', async () => {
    const { bench, api } = await benchOf();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'one' } });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(container, 'line 0');
    await bench.start();
    await remembered(bench);
    for (let n = 1; n < 50; n += 1) bench.print(container, `line ${n}`);
    await bench.until(() => bench.loki.entries().some(({ line }) => line.toString() === 'line 49'));
    await bench.kill();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'two' } });
    await bench.start();
    bench.print(container, 'line 50');
    bench.print(bench.logs.restart(container), 'restarted');
    const last = ['line 50', 'restarted'];
    await bench.until(() => last.every((text) => bench.loki.entries().some(({ line }) => line.toString() === text)));
    const apps = streams(bench).map(({ labels: { app }, lines }) => [app, new Set(lines).size]);
    expect(apps).toStrictEqual([
      ['one', 51],
      ['two', 1],
    ]);
    expect(bench.loki.entries().length).toBeGreaterThan(52);
  });

  test('I9 are kept over a crash though no API server can be asked', async () => {
    const { bench, api } = await benchOf({ metadata_wait_seconds: 5 });
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'one' } });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(container, 'before');
    await bench.start();
    await remembered(bench);
    await bench.kill();
    await api.down();
    bench.print(container, 'after');
    await bench.start();
    await bench.until(() => bench.loki.entries().some(({ line }) => line.toString() === 'after'));
    expect(new Set(streams(bench).map(({ labels: { app } }) => app))).toStrictEqual(new Set(['one']));
    await api.up();
  });
});

import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { Discovery } from '../../agent/discover/discovery.ts';
import { WatchHint } from '../../agent/discover/watch-hint.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { tempDir } from '../support/temp-dir.ts';

const SCAN_MS = 10_000;

function names(index: number) {
  return { namespace: 'shop', pod: `pod-${index}`, container: 'app', uid: `u-${index}` };
}

async function discovering() {
  const dir = await tempDir();
  const logs = new KubeletLogDir(join(dir.path, 'log'));
  const clock = new FakeClock();
  const log = new LogRecorder();
  const hint = new Wakeup();
  const options = { logDir: logs.path, scanIntervalMs: SCAN_MS };
  const discovery = new Discovery({ options, hint, clock, log: log.throttled(clock) });
  const stop = new AbortController();
  const scans: string[][] = [];
  const start = (): void => {
    const running = discovery.run((sources) => void scans.push(sources.map(({ id }) => id).sort()), stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
      logs[Symbol.dispose]();
      await dir[Symbol.asyncDispose]();
    });
  };
  return { logs, clock, log, hint, discovery, start, scans };
}

function turnOfTheLoop(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}

describe(Discovery, () => {
  test('scans at the start and then at its interval, without any hint', async () => {
    const { logs, clock, start, scans, discovery } = await discovering();
    logs.start(names(1));
    start();
    expect(scans).toStrictEqual([['shop_pod-1_u-1/app/0']]);
    logs.start(names(2));
    await clock.advance(SCAN_MS - 1);
    expect(scans).toHaveLength(1);
    await clock.advance(1);
    expect(scans[1]).toStrictEqual(['shop_pod-1_u-1/app/0', 'shop_pod-2_u-2/app/0']);
    expect(discovery.scans).toBe(2);
  });

  test('a hint brings the scan forward, however many hints there are', async () => {
    const { logs, clock, start, scans, hint } = await discovering();
    start();
    logs.start(names(1));
    for (let hints = 0; hints < 100; hints += 1) hint.ring();
    await clock.advance(199);
    expect(scans).toHaveLength(1);
    await clock.advance(1);
    expect(scans[1]).toStrictEqual(['shop_pod-1_u-1/app/0']);
    await clock.advance(SCAN_MS - 1);
    expect(scans).toHaveLength(2);
  });

  test('one directory that cannot be read keeps what was found in it, and holds up no new neighbour', async () => {
    const { logs, clock, log, start, scans } = await discovering();
    logs.start(names(1));
    logs.start(names(2));
    start();
    const bad = join(logs.path, 'pods/shop_pod-1_u-1');
    renameSync(bad, join(logs.path, 'away'));
    symlinkSync(bad, bad);
    logs.start(names(3));
    await clock.advance(SCAN_MS);
    expect(scans[1]?.sort()).toStrictEqual(['shop_pod-1_u-1/app/0', 'shop_pod-2_u-2/app/0', 'shop_pod-3_u-3/app/0']);
    expect(log.said).toMatchObject([{ fields: { path: bad, code: 'ELOOP' } }]);
  });

  test('a pod that is gone is no longer found, once its directory can be seen not to be there', async () => {
    const { logs, clock, start, scans } = await discovering();
    const container = logs.start(names(1));
    start();
    logs.removePod(container);
    await clock.advance(SCAN_MS);
    expect(scans).toStrictEqual([['shop_pod-1_u-1/app/0'], []]);
  });

  test('a directory of pods that is not mounted is named, and what is in it is found once it is', async () => {
    const { logs, clock, log, start, scans } = await discovering();
    logs.start(names(1));
    const [pods, away] = ['pods', 'away'].map((name) => join(logs.path, name)) as [string, string];
    renameSync(pods, away);
    start();
    expect(log.said).toMatchObject([{ fields: { path: pods } }]);
    expect(log.messages[0]).toMatch(/^there is no such directory, so no log is found; check containers\.log_dir/);
    renameSync(away, pods);
    await clock.advance(SCAN_MS);
    expect(scans).toStrictEqual([[], ['shop_pod-1_u-1/app/0']]);
  });

  test('a planted link is refused, counted and said once', async () => {
    const { logs, clock, log, start, discovery } = await discovering();
    symlinkSync('/etc/shadow', join(logs.path, 'containers/evil_default_app.log'));
    start();
    await clock.advance(3 * SCAN_MS);
    expect([discovery.refusedLinks, log.messages]).toStrictEqual([1, ["a link leads to no container's log and is refused"]]);
  });
});

describe(WatchHint, () => {
  test('rings when containers come', async () => {
    const dir = await tempDir();
    const logs = new KubeletLogDir(join(dir.path, 'log'));
    const hint = new Wakeup();
    const troubles: unknown[] = [];
    const watch = new WatchHint([join(logs.path, 'containers'), join(logs.path, 'pods')], hint, (error) => troubles.push(error));
    onTestFinished(async () => {
      await watch[Symbol.asyncDispose]();
      logs[Symbol.dispose]();
      await dir[Symbol.asyncDispose]();
    });
    // Nobody says when chokidar's first look is over, and what comes before that is no news to it: so containers come until it rings.
    const rung = hint.wait().then(() => true);
    for (let index = 0; !(await Promise.race([rung, turnOfTheLoop()])); index += 1) logs.start(names(index));
    expect(troubles).toStrictEqual([]);
  });
});

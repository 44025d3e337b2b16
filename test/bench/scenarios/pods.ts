import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeApiServer, type FakePod } from '../../support/fake-api-server.ts';
import { largePod } from '../../support/large-pod.ts';
import { RunningContestant } from '../contestants/running-contestant.ts';
import { type LogTree, podLog } from '../corpus/log-tree.ts';
import { USUAL } from '../corpus/record-shape.ts';
import { arrival } from '../measure/drain.ts';
import type { TreeSample } from '../measure/process-tree.ts';
import { quiet } from '../measure/quiet.ts';
import { table } from '../measure/table.ts';
import { ReceiverProcess } from '../receiver/receiver-process.ts';
import type { Bench, Scenario } from './scenario.ts';

/** As many as a kubelet runs by default, one container each. */
const NODE_PODS = 110;
const CLUSTER_PODS = 2000;
const SECONDS = 30;

export const PODS: Scenario = {
  name: 'pods',
  summary: `logferry alone: ${NODE_PODS} quiet pods of 15 KB on the node, ${CLUSTER_PODS} in the cluster, 0 and 50 events a second`,
  run: async (bench) => {
    const group = { containers: NODE_PODS, bytesEach: 10 * USUAL.entryBytes, shape: USUAL, files: 'live' as const };
    const tree = bench.tree('pods', [group]);
    const rows: string[][] = [['', 'events/s', '% of a CPU', 'RSS', 'peak RSS']];
    rows.push(...(await rowsOf(bench, tree, null)));
    await using api = await FakeApiServer.start();
    api.streams = true;
    for (let n = 0; n < CLUSTER_PODS; n += 1) api.put(podOf(n, 0));
    rows.push(...(await rowsOf(bench, tree, api)));
    console.log(`\npods: ${PODS.summary}`);
    console.log(table(rows));
  },
};

/** Without an API server the agent asks none. */
async function rowsOf(bench: Bench, tree: LogTree, api: FakeApiServer | null): Promise<string[][]> {
  const kubernetes = api === null ? { enabled: false } : { api_server: api.url, spread_seconds: 0 };
  const contestant = bench.agent({ kubernetes });
  await using receiver = await ReceiverProcess.start();
  await using running = new RunningContestant(contestant, { logDir: tree.logDir, scratch: bench.scratch, receiver: receiver.ports });
  await arrival(receiver, running, tree.entries);
  await quiet(running);
  const rows: string[][] = [];
  for (const perSecond of api === null ? [0] : [0, 50]) {
    const before = running.sample();
    const seconds = await events(api, perSecond, Math.max(10, SECONDS * bench.scale));
    rows.push(rowOf(api === null ? 'kubernetes.enabled: false' : 'true', perSecond, { before, after: running.sample(), seconds }));
  }
  return rows;
}

/** Pods of the node change, one after the other; returns how long that took. */
async function events(api: FakeApiServer | null, perSecond: number, seconds: number): Promise<number> {
  const beganMs = performance.now();
  const endMs = beganMs + seconds * 1000;
  for (let n = 1; performance.now() < endMs; n += 1) {
    if (perSecond > 0) api?.put(podOf(n % NODE_PODS, n));
    const nextMs = perSecond > 0 ? beganMs + (n * 1000) / perSecond : endMs;
    await sleep(Math.max(nextMs - performance.now(), 0));
  }
  return (performance.now() - beganMs) / 1000;
}

function rowOf(
  name: string,
  perSecond: number,
  { before, after, seconds }: { readonly before: TreeSample; readonly after: TreeSample; readonly seconds: number },
): string[] {
  const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  const memory = [after.residentBytes, after.peakBytes].map((bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`);
  return [name, String(perSecond), share.toFixed(2), ...memory];
}

/** The pod of a log of the tree, or one of another node. */
function podOf(index: number, revision: number): FakePod {
  const [namespace, name, uid] = basename(dirname(dirname(podLog('/', index)))).split('_') as [string, string, string];
  const nodeName = index < NODE_PODS ? 'bench' : `node-${index % 20}`;
  return largePod({ uid, name, namespace, nodeName, owner: { kind: 'ReplicaSet', name: `app${index}-7d9c5b8f6d` } }, revision);
}

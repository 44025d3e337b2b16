import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';

/** Lengths that the API server takes (RFC 1123 labels and subdomains), and what a file system leaves of them in `<namespace>_<pod>_<uid>`. */
const LABEL = 63;
const SUBDOMAIN = 253;
const FILE_NAME = 255;
const UID = '01234567-89ab-cdef-0123-456789abcdef';

function longest(letter: string, length: number): string {
  return letter.repeat(length);
}

test('the longest names that a kubelet can make a directory of are shipped as they are, over a restart', async () => {
  const namespace = longest('n', LABEL);
  const pod = `${longest('p', 80)}.${longest('q', FILE_NAME - 81 - LABEL - UID.length - 2)}`;
  const container = longest('c', LABEL);
  const app = longest('a', LABEL);
  const api = await FakeApiServer.start();
  onTestFinished(() => api[Symbol.asyncDispose]());
  api.put({ uid: UID, name: pod, namespace, labels: { app }, owner: { kind: 'StatefulSet', name: longest('w', SUBDOMAIN) } });
  const config = {
    kubernetes: { api_server: api.url, metadata_wait_seconds: 36_000 },
    labels: { metadata: ['pod', 'pod_uid', 'container_id'] },
  };
  const bench = await AgentBench.create({ config });
  onTestFinished(() => bench[Symbol.asyncDispose]());
  const running = bench.logs.start({ namespace, pod, uid: UID, container });
  bench.print(running, 'before');
  await bench.start();
  await bench.allStored();
  await bench.stop();
  bench.print(running, 'after');
  await bench.start();
  await bench.allStored();
  expect(bench.stored).toStrictEqual(bench.printed);
  const [entry] = bench.loki.entries();
  expect(entry?.stream.labels).toMatchObject({ namespace, container, app, job: `${namespace}/${app}`, workload: longest('w', SUBDOMAIN) });
  // The link's name is cut, and the container's id with it.
  expect(entry?.metadata).toStrictEqual([
    ['pod', pod],
    ['pod_uid', UID],
  ]);
});

test('of longer ones there is no log', async () => {
  const bench = await AgentBench.create();
  onTestFinished(() => bench[Symbol.asyncDispose]());
  const directory = join(bench.logs.path, 'pods', `n_${longest('p', SUBDOMAIN)}_${UID}`);
  expect(() => mkdirSync(directory)).toThrow(/ENAMETOOLONG/);
});

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentContainer, StateVolume } from '../support/agent-container.ts';
import { type AgentImage, buildAgentImage } from '../support/agent-image.ts';
import { haveContainerEngine } from '../support/container-engine.ts';
import { LokiContainer } from '../support/loki-container.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { BASE } from '../support/manifests.ts';
import { tempDir } from '../support/temp-dir.ts';

const TENANT = 'image';
const ALL = '{node_name="node-of-the-image"}';
const MIB = 1024 * 1024;

describe.skipIf(!(await haveContainerEngine()))('the image of the agent', () => {
  let loki: LokiContainer;
  let image: AgentImage;
  beforeAll(async () => {
    [loki, image] = await Promise.all([LokiContainer.start(), buildAgentImage()]);
    console.log(`agent image: ${inMib(image.bytes)}, of which ${inMib(image.ownBytes)} on top of its base`);
  });
  afterAll(() => loki?.[Symbol.asyncDispose]());

  test('is one file of JavaScript on top of its base', () => {
    expect(image.ownBytes).toBeLessThan(4 * MIB);
  });

  test('ships logs under every restriction of the manifests, and knows after a restart what it has shipped', async () => {
    await using dir = await tempDir();
    using logs = new KubeletLogDir(join(dir.path, 'log'));
    mkdirSync(join(dir.path, 'config'));
    writeFileSync(join(dir.path, 'config/config.yaml'), shippedConfig(loki));
    const { log } = logs.start({ namespace: 'shop', pod: 'cart-7d4', container: 'app' });
    // For those who do not test as root: without any capability root reads root's files alone.
    chmodSync(log.path, 0o644);
    await using state = new StateVolume();
    const reader = new LokiReader(loki.url, TENANT);

    log.print('first\nsecond\n');
    await using first = await AgentContainer.start({ image: image.name, loki, dir: dir.path, state });
    expect(await reader.atLeast(2, ALL)).toMatchObject([{ line: 'first' }, { line: 'second' }]);
    expect(await first.stop()).toBe(0);

    log.print('third\n');
    await using second = await AgentContainer.start({ image: image.name, loki, dir: dir.path, state });
    expect(await reader.atLeast(3, ALL)).toMatchObject([{ line: 'first' }, { line: 'second' }, { line: 'third' }]);
    expect(await second.metrics()).toContain('logferry_read_records_total{output="loki"} 1\n');
    expect(await second.stop()).toBe(0);
  });
});

/** The config of the manifests, pushing to the Loki of the test. */
function shippedConfig(loki: LokiContainer): string {
  return readFileSync(join(BASE, 'config.yaml'), 'utf8').replace(
    /url: .*/,
    `url: ${loki.urlInNetwork}/loki/api/v1/push\n    tenant: ${TENANT}`,
  );
}

function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

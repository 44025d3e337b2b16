import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentProcess } from '../support/agent-process.ts';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { eventually } from '../support/eventually.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { TestNode } from '../support/test-node.ts';
import { tempDir } from '../support/temp-dir.ts';

const CHANGES = 12;

/** A ConfigMap as the kubelet mounts it: what is in it is exchanged by a link. */
class ConfigMapVolume {
  readonly #path: string;
  #version = 0;

  constructor(path: string) {
    this.#path = path;
    symlinkSync('..data/config.yaml', join(path, 'config.yaml'));
  }

  get file(): string {
    return join(this.#path, 'config.yaml');
  }

  publish(text: string): void {
    const before = `..version_${this.#version}`;
    this.#version += 1;
    const name = `..version_${this.#version}`;
    mkdirSync(join(this.#path, name));
    writeFileSync(join(this.#path, name, 'config.yaml'), text);
    symlinkSync(name, join(this.#path, '..data_tmp'));
    renameSync(join(this.#path, '..data_tmp'), join(this.#path, '..data'));
    rmSync(join(this.#path, before), { recursive: true, force: true });
  }
}

test('I2 I5 a ConfigMap that changes under load, by itself or with SIGHUP, every third time for the worse: nothing lost or doubled', async () => {
  await using loki = await FakeLoki.start({ deduplicate: false });
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' });
  await using dir = await tempDir();
  const volume = new ConfigMapVolume(dir.path);
  const written = (change: string): string =>
    JSON.stringify({
      state_dir: node.stateDir,
      containers: { log_dir: node.logs.path },
      kubernetes: { enabled: false },
      labels: { static: { change } },
      stages: change.length % 2 === 0 ? [{ level: {} }] : [],
      outputs: [{ name: 'loki', type: 'loki', url: loki.pushUrl, tenant: 'team-a' }],
      reload: { interval_seconds: 1 },
      server: { listen: '127.0.0.1:0' },
    });
  volume.publish(written('first'));
  const containers = new ChattyContainers(node.logs, 3);
  await using agent = await AgentProcess.start(volume.file);
  const outcomes = async (): Promise<number> => (await agent.metrics(['logferry_config_reloads_total'])).logferry_config_reloads_total;
  for (let n = 1; n <= CHANGES; n += 1) {
    if (n % 3 === 0) volume.publish(written('broken').replace('"kubernetes"', n % 2 === 0 ? '"kubernets"' : '['));
    else volume.publish(written(`n${n}`));
    if (n % 2 === 0) process.kill(agent.pid, 'SIGHUP');
    await containers.chat(200);
    await eventually(async () => expect(await outcomes()).toBeGreaterThanOrEqual(n));
  }
  await loki.waitFor(() => loki.counts.stored >= containers.lineCount);
  const { body } = await agent.page('/metrics');
  expect(body).toContain(`logferry_config_reloads_total{outcome="refused"} ${CHANGES / 3}\n`);
  expect(body).toContain('logferry_config_in_force 0\n');
  expect(await agent.stop()).toBe(0);
  expect(loki.lines().sort()).toStrictEqual([...containers.printed.values()].flat().sort());
  const changes = new Set(loki.entries().map(({ stream }) => stream.labels['change']));
  expect(changes.has('broken')).toBe(false);
  expect(changes.size).toBeGreaterThan(3);
}, 120_000);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand as run } from '../../agent/commands/run.ts';
import { runCommand } from '../support/command-host.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A configuration file of an agent that finds nothing to ship. */
async function configFile(kubernetes = '{enabled: false}'): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const file = join(dir.path, 'logferry.yaml');
  const lines = [
    'node_name: node-1',
    `state_dir: ${join(dir.path, 'state')}`,
    `containers: {log_dir: ${dir.path}, watch: false}`,
    `kubernetes: ${kubernetes}`,
    'outputs: [{name: loki, type: loki, url: "http://127.0.0.1:9/loki/api/v1/push"}]',
    'server: {listen: "127.0.0.1:0"}',
    'log: {level: fatal}',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('logferry run', () => {
  test('leaves what it was configured with to the process that it becomes, which asks for no file', async () => {
    const file = await configFile();
    const stop = new AbortController();
    const handovers: unknown[] = [];
    const becomeLean = (handover: unknown): void => {
      handovers.push(JSON.parse(JSON.stringify(handover)));
      stop.abort();
    };
    const first = await runCommand(run, ['--config', file], { stop: stop.signal, becomeLean });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(handovers).toMatchObject([{ ok: true, config: { node_name: 'node-1', outputs: [{ name: 'loki', batch_bytes: 1_048_576 }] } }]);
    const options = { stop: stop.signal, becomeLean, handover: handovers[0] };
    const second = await runCommand(run, ['--config', '/nowhere/logferry.yaml'], options);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(handovers).toHaveLength(1);
  });

  test('leaves what a kubeconfig says with it, or says what is wrong with that', async () => {
    const dir = await tempDir();
    onTestFinished(() => dir[Symbol.asyncDispose]());
    const kubeconfig = join(dir.path, 'config');
    const file = await configFile(`{kubeconfig: ${kubeconfig}}`);
    const handovers: unknown[] = [];
    const stop = new AbortController();
    const becomeLean = (handover: unknown): void => {
      handovers.push(handover);
      stop.abort();
    };
    const missing = await runCommand(run, ['--config', file], { becomeLean, stop: stop.signal });
    expect(missing).toMatchObject({ code: 2, stderr: `${kubeconfig}: can not be read: there is no such file, check the path\n` });
    const cluster = '{name: c, cluster: {server: "http://127.0.0.1:9"}}';
    writeFileSync(kubeconfig, `{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [${cluster}]}`);
    expect(await runCommand(run, ['--config', file], { becomeLean, stop: stop.signal })).toMatchObject({ code: 0, stderr: '' });
    expect(handovers).toMatchObject([{ ok: true, kubeconfig: { server: 'http://127.0.0.1:9', token: null } }]);
  });

  test('says what is wrong with a configuration before it becomes anything', async () => {
    const handovers: unknown[] = [];
    const becomeLean = (handover: unknown): void => void handovers.push(handover);
    const { code, stderr } = await runCommand(run, ['--config', '/nowhere/logferry.yaml'], { becomeLean });
    expect([code, handovers]).toEqual([2, []]);
    expect(stderr).toContain('/nowhere/logferry.yaml');
  });
});

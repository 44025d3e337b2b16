import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentProcess } from './agent-process.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

/** Keys of one Loki output that differ between tests. */
export interface OutputKeys {
  readonly url: string;
  readonly tenant: string;
  readonly format?: 'protobuf' | 'json';
}

export const NODE_NAME = 'test-node';

/** A node with real files: the kubelet's log directory, an agent's config and its state, which outlives the agent. */
export class TestNode implements AsyncDisposable {
  readonly logs: KubeletLogDir;
  readonly #dir: TempDir;
  readonly #configFile: string;

  private constructor(dir: TempDir) {
    this.#dir = dir;
    this.#configFile = join(dir.path, 'config.yaml');
    this.logs = new KubeletLogDir(join(dir.path, 'log'));
  }

  /** `keys`: others of the configuration that differ from the defaults. */
  static async create(output: OutputKeys, keys: Readonly<Record<string, unknown>> = {}): Promise<TestNode> {
    const node = new TestNode(await tempDir());
    const stateDir = join(node.#dir.path, 'state');
    await mkdir(stateDir);
    const config = {
      node_name: NODE_NAME,
      state_dir: stateDir,
      containers: { log_dir: node.logs.path },
      kubernetes: { enabled: false },
      labels: { static: { region: 'eu-1' } },
      outputs: [{ name: 'loki', type: 'loki', ...output }],
      server: { listen: '127.0.0.1:0' },
      ...keys,
    };
    // JSON is YAML.
    await writeFile(node.#configFile, JSON.stringify(config));
    return node;
  }

  /** The agent of this node; after a kill, the next one goes on from the same state. */
  startAgent(): Promise<AgentProcess> {
    return AgentProcess.start(this.#configFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.logs[Symbol.dispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

import { join } from 'node:path';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentHome, type NodeKeys, type OutputKeys } from './agent-home.ts';
import type { AgentProcess } from './agent-process.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

/** A node with real files: the kubelet's log directory, an agent's config and its state, which outlives the agent. */
export class TestNode implements AsyncDisposable {
  readonly logs: KubeletLogDir;
  readonly #dir: TempDir;
  readonly #home: AgentHome;

  private constructor(dir: TempDir, logs: KubeletLogDir, home: AgentHome) {
    this.#dir = dir;
    this.logs = logs;
    this.#home = home;
  }

  static async create(output: OutputKeys, keys: NodeKeys = {}): Promise<TestNode> {
    const dir = await tempDir();
    const logs = new KubeletLogDir(join(dir.path, 'log'));
    return new TestNode(dir, logs, await AgentHome.create(dir.path, { logDir: logs.path, output, keys }));
  }

  get stateDir(): string {
    return this.#home.stateDir;
  }

  /** The agent of this node, maybe started by a command that becomes it; after a kill, the next one goes on from the same state. */
  startAgent(launcher: readonly string[] = []): Promise<AgentProcess> {
    return this.#home.startAgent({ launcher });
  }

  /** The same, without waiting for its start. */
  spawnAgent(nodeOptions: readonly string[] = []): AgentProcess {
    return this.#home.spawnAgent({ nodeOptions });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.logs[Symbol.dispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

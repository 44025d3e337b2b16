import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess, type AgentProcessOptions } from './agent-process.ts';

/** Keys of one Loki output that differ from the defaults. */
export interface OutputKeys {
  readonly url: string;
  readonly tenant: string;
  readonly [key: string]: unknown;
}

/** Others of the configuration that differ from the defaults. */
export interface NodeKeys {
  readonly state_dir?: string;
  readonly containers?: object;
  readonly [key: string]: unknown;
}

export interface AgentHomeOptions {
  readonly logDir: string;
  readonly output: OutputKeys;
  readonly keys?: NodeKeys;
}

export const NODE_NAME = 'test-node';

/** What an agent finds again at its next start, in a directory of the caller: its configuration and its state. */
export class AgentHome {
  readonly stateDir: string;
  readonly #configFile: string;

  private constructor(configFile: string, stateDir: string) {
    this.#configFile = configFile;
    this.stateDir = stateDir;
  }

  static async create(directory: string, { logDir, output, keys = {} }: AgentHomeOptions): Promise<AgentHome> {
    const { containers = {}, state_dir: stateDir = join(directory, 'state'), ...others } = keys;
    const home = new AgentHome(join(directory, 'config.yaml'), stateDir);
    await mkdir(stateDir, { recursive: true });
    const config = {
      node_name: NODE_NAME,
      state_dir: stateDir,
      containers: { log_dir: logDir, ...containers },
      kubernetes: { enabled: false },
      labels: { static: { region: 'eu-1' } },
      outputs: [{ name: 'loki', type: 'loki', ...output }],
      server: { listen: '127.0.0.1:0' },
      ...others,
    };
    // JSON is YAML.
    await writeFile(home.#configFile, JSON.stringify(config));
    return home;
  }

  /** After a kill, the next one goes on from the same state. */
  startAgent(options: AgentProcessOptions = {}): Promise<AgentProcess> {
    return AgentProcess.start(this.#configFile, options);
  }

  /** The same, without waiting for its start. */
  spawnAgent(options: AgentProcessOptions = {}): AgentProcess {
    return new AgentProcess(this.#configFile, options);
  }
}

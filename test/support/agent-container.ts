import { join } from 'node:path';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import type { LokiContainer } from './loki-container.ts';

const PORT = 9095;
/** Kubernetes sends SIGKILL after as many: terminationGracePeriodSeconds. */
const GRACE_SECONDS = 30;

export interface AgentContainerOptions {
  readonly image: string;
  readonly loki: LokiContainer;
  /** Holds `log/pods/`, `log/containers/` and `config/config.yaml`; they are mounted where a pod has them. */
  readonly dir: string;
  readonly state: StateVolume;
}

/** A named volume, not a directory: it belongs to root whoever runs the tests. Removed when disposed, after its last container. */
export class StateVolume implements AsyncDisposable {
  readonly name: string = `logferry-test-state-${process.pid}`;

  async [Symbol.asyncDispose](): Promise<void> {
    const { container } = await getContainerRuntimeClient();
    await container.dockerode.getVolume(this.name).remove();
  }
}

/** testcontainers has no method for it. */
class ReadOnlyContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
  }
}

/** The agent's image, run as manifests/base/daemonset.yaml has it run. */
export class AgentContainer implements AsyncDisposable {
  readonly #container: StartedTestContainer;
  #stopped = false;

  private constructor(container: StartedTestContainer) {
    this.#container = container;
  }

  /** Resolves once it is ready, rejects with what it printed if it does not get there. */
  static async start(options: AgentContainerOptions): Promise<AgentContainer> {
    const printed: string[] = [];
    const container = containerOf(options).withLogConsumer((stream) => stream.on('data', (text) => printed.push(String(text))));
    try {
      return new AgentContainer(await container.start());
    } catch (error) {
      throw new Error(`the agent's container does not get ready:\n${printed.join('')}`, { cause: error });
    }
  }

  async metrics(): Promise<string> {
    const response = await fetch(`http://${this.#container.getHost()}:${this.#container.getMappedPort(PORT)}/metrics`);
    return response.text();
  }

  /** SIGTERM, and SIGKILL after the grace period; returns the exit code. */
  async stop(): Promise<number> {
    this.#stopped = true;
    const { container: client } = await getContainerRuntimeClient();
    await this.#container.stop({ remove: false, timeout: GRACE_SECONDS * 1000 });
    const container = client.getById(this.#container.getId());
    const { State: state } = await container.inspect();
    await container.remove();
    return state.ExitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#stopped) await this.stop();
  }
}

function containerOf({ image, loki, dir, state }: AgentContainerOptions): GenericContainer {
  return new ReadOnlyContainer(image)
    .withUser('0:0')
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges')
    .withEnvironment({ NODE_NAME: 'node-of-the-image' })
    .withBindMounts([
      { source: join(dir, 'log/pods'), target: '/var/log/pods', mode: 'ro' },
      { source: join(dir, 'log/containers'), target: '/var/log/containers', mode: 'ro' },
      { source: join(dir, 'config'), target: '/etc/logferry', mode: 'ro' },
      { source: state.name, target: '/var/lib/logferry', mode: 'rw' },
    ])
    .withNetwork(loki.network)
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/readyz', PORT).forStatusCode(200).withStartupTimeout(15_000));
}

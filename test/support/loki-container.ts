import { join } from 'node:path';
import { GenericContainer, Network, type StartedNetwork, type StartedTestContainer, Wait } from 'testcontainers';

export const PUSH_PATH = '/loki/api/v1/push';
const PORT = 3100;
const CONFIG = '/etc/loki/logferry-test.yaml';

/** A real Loki with the limits that it ships with; every test uses a tenant of its own instead of a Loki of its own. */
export class LokiContainer implements AsyncDisposable {
  readonly network: StartedNetwork;
  readonly #container: StartedTestContainer;

  private constructor(network: StartedNetwork, container: StartedTestContainer) {
    this.network = network;
    this.#container = container;
  }

  static async start(): Promise<LokiContainer> {
    const network = await new Network().start();
    const container = await new GenericContainer('grafana/loki:3.7.8')
      .withCopyFilesToContainer([{ source: join(import.meta.dirname, 'loki.yaml'), target: CONFIG }])
      .withCommand([`-config.file=${CONFIG}`])
      .withNetwork(network)
      .withNetworkAliases('loki')
      .withExposedPorts(PORT)
      // By HTTP: the default strategy looks at ports from a shell inside the container, and there is none.
      .withWaitStrategy(Wait.forHttp('/ready', PORT).forStatusCode(200))
      .start();
    return new LokiContainer(network, container);
  }

  /** As tests and child processes on this machine see it. */
  get url(): string {
    return `http://${this.#container.getHost()}:${this.#container.getMappedPort(PORT)}`;
  }

  /** As containers in `network` see it. */
  get urlInNetwork(): string {
    return `http://loki:${PORT}`;
  }

  get pushUrl(): string {
    return `${this.url}${PUSH_PATH}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container.stop();
    await this.network.stop();
  }
}

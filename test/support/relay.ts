import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP relay before a store. Cut, it passes no byte on: unlike a store that hangs, which goes on to store what is in its sockets
 * once it wakes up, even if the sender is long dead.
 */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #passing = true;

  private constructor(target: URL) {
    this.#server = createServer((near) => this.#pass(near, target));
  }

  static async start(targetUrl: string): Promise<Relay> {
    const relay = new Relay(new URL(targetUrl));
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, and each new one at once. */
  cut(): void {
    this.#passing = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#passing = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(near: Socket, { hostname, port }: URL): void {
    if (!this.#passing) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      // An error is always followed by 'close'.
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}

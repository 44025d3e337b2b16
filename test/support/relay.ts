import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import { type FaultScope, FaultScript } from './fault-script.ts';
import { RelayConnection } from './relay-connection.ts';
import type { RelayFault } from './relay-fault.ts';
import type { FramedRequest } from './request-framer.ts';

/** A key and its certificate, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** A request that reached the relay, whatever became of it. */
export interface RelayedRequest {
  readonly digest: string;
  readonly atMs: number;
  readonly fault: RelayFault | null;
}

/**
 * A TCP relay before a store that does to connections, requests and answers what it is told to. Cut, it passes no byte on: unlike a
 * store that hangs, which goes on to store what is in its sockets once it wakes up, even if the sender is long dead.
 */
export class Relay implements AsyncDisposable {
  readonly requests: RelayedRequest[] = [];
  readonly #server: Server;
  readonly #target: URL;
  readonly #connections = new Set<RelayConnection>();
  readonly #faults = new FaultScript<RelayFault, FramedRequest>();
  #port = 0;
  #passing = true;

  private constructor(target: URL, identity: Identity | null) {
    this.#target = target;
    this.#server = identity === null ? createTcpServer() : createTlsServer(identity);
    this.#server.on(identity === null ? 'connection' : 'secureConnection', (near: Socket) => this.#accept(near));
  }

  /** With an identity the client's side of it is TLS. */
  static async start(targetUrl: string, identity: Identity | null = null): Promise<Relay> {
    const relay = new Relay(new URL(targetUrl), identity);
    await relay.#listen();
    return relay;
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#server instanceof TlsServer ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** Lets requests suffer `fault`: the next one, unless `scope` says otherwise. Faults are used up in the order they were added. */
  fault(fault: RelayFault, scope: FaultScope<FramedRequest> = {}): void {
    this.#faults.add(fault, scope);
  }

  /** Ends every connection, and each new one at once. */
  cut(): void {
    this.#passing = false;
    this.#endConnections();
  }

  /** Refuses connections from now on and ends those there are. */
  async down(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** All passes again, with no fault. */
  async mend(): Promise<void> {
    this.#passing = true;
    this.#faults.clear();
    if (!this.#server.listening) await this.#listen();
  }

  /** Shows this certificate from now on. */
  present(identity: Identity): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(identity);
    this.#endConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.down();
  }

  #endConnections(): void {
    for (const connection of this.#connections) connection.end();
  }

  #accept(near: Socket): void {
    if (!this.#passing) return void near.destroy();
    const far = connect(Number(this.#target.port), this.#target.hostname);
    const connection = new RelayConnection(near, far, (request) => this.#faultOf(request));
    this.#connections.add(connection);
    connection.onEnd(() => this.#connections.delete(connection));
  }

  #faultOf(request: FramedRequest): RelayFault | null {
    const fault = this.#faults.take(request);
    this.requests.push({ digest: request.digest, atMs: Date.now(), fault });
    return fault;
  }
}

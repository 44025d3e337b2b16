import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RelayFault } from './relay-fault.ts';
import { type FramedRequest, RequestFramer } from './request-framer.ts';

/** One connection through a relay: the client is near, the store far. A client waits for an answer before it sends the next request. */
export class RelayConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #framer = new RequestFramer();
  readonly #faultOf: (request: FramedRequest) => RelayFault | null;
  /** Of the request that is under way. */
  #fault: RelayFault | null = null;
  #answered: Promise<void> = Promise.resolve();

  constructor(near: Socket, far: Socket, faultOf: (request: FramedRequest) => RelayFault | null) {
    this.#near = near;
    this.#far = far;
    this.#faultOf = faultOf;
    near.on('data', (chunk: Buffer) => {
      for (const request of this.#framer.push(chunk)) this.#pass(request);
    });
    far.on('data', (chunk: Buffer) => this.#passBack(chunk));
    // An error is always followed by 'close'.
    for (const socket of [near, far]) socket.on('error', () => {}).once('close', () => this.end());
  }

  end(): void {
    this.#near.destroy();
    this.#far.destroy();
  }

  onEnd(callback: () => void): void {
    this.#near.once('close', callback);
  }

  #pass(request: FramedRequest): void {
    const fault = this.#faultOf(request);
    this.#fault = fault;
    const { bytes } = request;
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'delay':
        setTimeout(() => this.#far.write(bytes), fault.ms);
        return;
      case 'break_request':
        this.#far.write(bytes.subarray(0, bytes.length - request.bodyBytes / 2), () => this.#near.resetAndDestroy());
        return;
      case 'answer':
        if (fault.stored) this.#far.write(bytes);
        else this.#near.end(fault.bytes());
        return;
      default:
        this.#far.write(bytes);
    }
  }

  #passBack(answer: Buffer): void {
    const fault = this.#fault;
    if (this.#near.writableEnded) return;
    switch (fault?.kind) {
      case 'break_answer':
        return this.#breakOff(answer.subarray(0, answer.length * fault.share), fault.by);
      case 'answer':
        return void this.#near.end(fault.bytes());
      case 'delay_answer':
        this.#answered = this.#answered.then(() => this.#writeAfter(answer, fault.ms()));
        return;
      case 'drip':
        this.#answered = this.#answered.then(() => this.#drip(answer, fault.everyMs));
        return;
      default:
        this.#near.write(answer);
    }
  }

  #breakOff(part: Buffer, by: 'end' | 'reset'): void {
    if (by === 'end') this.#near.end(part);
    else this.#near.write(part, () => this.#near.resetAndDestroy());
  }

  async #drip(answer: Buffer, everyMs: number): Promise<void> {
    for (const byte of answer) await this.#writeAfter(Buffer.of(byte), everyMs);
  }

  async #writeAfter(bytes: Buffer, ms: number): Promise<void> {
    await sleep(ms);
    if (!this.#near.destroyed) this.#near.write(bytes);
  }
}

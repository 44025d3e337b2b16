import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compressBy, lumberjack } from '../tail/rotators.ts';

/** In every secret that is written: nothing that leaves the node may hold it. */
export const PLANTED = 'PLANTED-hunter2';

interface WrittenEvent {
  readonly seconds: number;
  readonly stage?: string;
  readonly level?: string;
  readonly resource?: string;
  readonly code?: number;
  readonly namespace?: string;
  /** Its value. */
  readonly requestObject?: unknown;
}

/** An API server as far as its audit log goes: events with numbers for ids, rotation and compression as lumberjack does them. */
export class AuditWriter {
  readonly live: string;
  /** All ids that were written, each with its stage. */
  readonly written: string[] = [];
  #rotations = 0;

  constructor(live: string) {
    this.live = live;
    mkdirSync(dirname(live), { recursive: true });
  }

  /** Writes an event, and returns its line. */
  write(event: WrittenEvent): string {
    const line = this.line(event);
    appendFileSync(this.live, `${line}\n`);
    return line;
  }

  /** The line of the next event, in the order of fields that the API server has. */
  line({
    seconds,
    stage = 'ResponseComplete',
    level = 'Metadata',
    resource = 'pods',
    code = 200,
    namespace = 'shop',
    ...more
  }: WrittenEvent): string {
    const auditID = `id-${this.written.length}`;
    this.written.push(`${auditID} ${stage}`);
    const time = `${new Date(seconds * 1000).toISOString().slice(0, -1)}000Z`;
    const path = `/api/v1/namespaces/${namespace}/${resource}`;
    return JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level,
      auditID,
      stage,
      requestURI: path,
      verb: 'create',
      user: { username: 'ann', groups: ['system:authenticated'] },
      sourceIPs: ['10.0.0.1'],
      objectRef: { resource, namespace, apiVersion: 'v1' },
      responseStatus: { metadata: {}, code },
      ...more,
      requestReceivedTimestamp: time,
      stageTimestamp: time,
    });
  }

  /** Rotates, and compresses what was rotated if so asked. */
  rotate({ compressed = false }: { readonly compressed?: boolean } = {}): void {
    this.#rotations += 1;
    const name = lumberjack.nameOf(this.live, this.#rotations);
    renameSync(this.live, name);
    writeFileSync(this.live, '');
    if (compressed) compressBy(lumberjack, name);
  }

  /** Removes what was rotated last. */
  removeRotated(): void {
    rmSync(lumberjack.nameOf(this.live, this.#rotations));
  }
}

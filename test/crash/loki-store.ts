import type { Sighting } from '../support/line-audit.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { sightingInLoki } from '../support/sightings.ts';
import { NODE_NAME } from '../support/agent-home.ts';
import type { CrashStore } from './crash-run.ts';

const ALL = `{node_name="${NODE_NAME}"}`;

/** A real Loki, and a tenant of it that nobody else has ever used. */
export class LokiStore implements CrashStore {
  readonly arrived = null;
  readonly url: string;
  readonly tenant: string;
  readonly #reader: LokiReader;

  constructor(url: string, tenant: string) {
    this.url = url;
    this.tenant = tenant;
    this.#reader = new LokiReader(url, tenant);
  }

  /** Loki's own count of what was pushed, before it recognises anything. */
  async received(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const tenant = `tenant="${this.tenant}"`;
    const rows = text.split('\n').filter((row) => row.startsWith('loki_distributor_lines_received_total{') && row.includes(tenant));
    return rows.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
  }

  async sightings(): Promise<Sighting[]> {
    return (await this.#reader.entries(ALL)).map(sightingInLoki);
  }
}

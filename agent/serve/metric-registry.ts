import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Registry from 'prom-client/lib/registry.js';
import type { Page } from './http-server.ts';

/** What is set at a scrape. */
export interface GaugeValues {
  reset(): void;
  set(value: number): void;
  set(labels: Readonly<Record<string, string>>, value: number): void;
}

/** What is counted up, from 0, at a scrape. */
export interface CounterValues {
  inc(value: number): void;
  inc(labels: Readonly<Record<string, string>>, value: number): void;
}

/** Metrics of a status that is asked for at every scrape: the numbers stay where they are counted. */
export class MetricRegistry<Status> {
  readonly #registry = new Registry();
  readonly #status: () => Status;

  constructor(status: () => Status) {
    this.#status = status;
  }

  gauge(name: string, help: string, labelNames: readonly string[], set: (gauge: GaugeValues, status: Status) => void): void {
    const status = this.#status;
    const collect = function (this: Gauge): void {
      set(this, status());
    };
    this.#registry.registerMetric(new Gauge({ name, help, labelNames, registers: [], collect }));
  }

  /** Sets the counter anew at every scrape, from a number that only grows. */
  counter(name: string, help: string, labelNames: readonly string[], add: (counter: CounterValues, status: Status) => void): void {
    const status = this.#status;
    const collect = function (this: Counter): void {
      this.reset();
      add(this, status());
    };
    this.#registry.registerMetric(new Counter({ name, help, labelNames, registers: [], collect }));
  }

  async page(): Promise<Page> {
    return { status: 200, contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}

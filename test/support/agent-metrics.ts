/** One scrape of the agent's metrics. */
export class AgentMetrics {
  readonly #page: string;

  constructor(page: string) {
    this.#page = page;
  }

  /** The sum over all samples of a metric that have these labels, written as on the page. */
  total(name: string, ...labels: readonly string[]): number {
    const samples = this.#page.split('\n').filter((line) => /^[^ {]*/.exec(line)?.[0] === name);
    return samples
      .filter((sample) => labels.every((label) => sample.includes(label)))
      .reduce((sum, sample) => sum + Number(sample.slice(sample.lastIndexOf(' ') + 1)), 0);
  }

  /** Requests that came to this: an HTTP status, `network` or `timeout`. */
  requests(outcome: string): number {
    return this.total('logferry_requests_total', `status="${outcome}"`);
  }
}

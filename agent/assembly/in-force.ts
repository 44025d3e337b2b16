import assert from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Surroundings } from './assemble-output.ts';
import { auditSources } from '../audit-intake/audit-sources.ts';
import type { Policy } from '../audit/policy.ts';
import { parseListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import { askedAnnotations, asksNamespaces } from '../handling/label-options.ts';
import type { Kubeconfig } from '../model/kubeconfig.ts';
import type { NodePods } from './node-pods.ts';
import { planParts } from './plan-parts.ts';
import type { ConfigChanges } from '../reload/config-changes.ts';
import type { Changeable, Sound } from '../reload/reloader.ts';
import type { RunningOutputs } from './running-outputs.ts';
import type { LevelledLogger } from '../runtime/logger.ts';
import { isSystemError } from '../runtime/system-error.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import { HttpServer, type Pages } from '../serve/http-server.ts';
import { resurround } from './surroundings.ts';

interface InForceParts {
  readonly surroundings: Surroundings;
  readonly kubeconfig: Kubeconfig | null;
  readonly policy: Policy | null;
  readonly pods: NodePods | null;
  readonly outputs: RunningOutputs;
  readonly logger: LevelledLogger;
  /** Has the log directories scanned at once. */
  readonly hint: Wakeup;
}

/** The configuration in force in a running agent, and how another one takes its place. */
export class InForce implements Changeable, AsyncDisposable {
  readonly #parts: InForceParts;
  #surroundings: Surroundings;
  #server: HttpServer | null = null;
  #pages: Pages = {};

  constructor(parts: InForceParts) {
    this.#parts = parts;
    this.#surroundings = parts.surroundings;
  }

  get config(): Config {
    return this.#surroundings.config;
  }

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  /** Serves pages where the configuration says; returns the port. Rejects when that cannot be listened on. */
  async listen(pages: Pages): Promise<number> {
    this.#pages = pages;
    this.#server = await this.#open(this.config);
    return this.#server.port;
  }

  #open({ server }: Config): Promise<HttpServer> {
    return HttpServer.listen(parseListenAddress(server.listen)!, this.#pages);
  }

  async rehearse(next: Sound, { handling }: ConfigChanges): ReturnType<Changeable['rehearse']> {
    const never = this.#neverInFlight(next).map((what) => `${what}; restart the agent, or take the change back`);
    if (never.length > 0 || !handling) return { faults: never, findings: {} };
    const { config } = next;
    const { clock, podsDir, descriptors, fs, allowedRoots: roots } = this.#surroundings;
    const [{ DryRun }, { Rehearsal }] = await Promise.all([import('../dry-run/dry-run.ts'), import('../dry-run/rehearsal.ts')]);
    const { pods, outputs } = this.#parts;
    const dryRun = new DryRun(config, clock);
    const rehearsal = new Rehearsal({
      config,
      sources: outputs.sources,
      pods: pods?.known ?? null,
      opening: { roots, pods: podsDir, descriptors, fs },
      clock,
      run: (output, log) => dryRun.run(output, log),
    });
    await rehearsal.run();
    return rehearsal;
  }

  /** What cannot be changed while the agent runs, beside what its key says of itself. */
  #neverInFlight({ config: next, kubeconfig }: Sound): string[] {
    const { config } = this;
    const whats: string[] = [];
    if (!isDeepStrictEqual(kubeconfig, this.#parts.kubeconfig)) whats.push('the file kubernetes.kubeconfig says something else');
    if (this.#parts.pods !== null) {
      const news = askedAnnotations(next).difference(askedAnnotations(config));
      if (news.size > 0) whats.push(`labels take annotations of pods that were not asked for: ${[...news].join(', ')}`);
      if (asksNamespaces(next) && !asksNamespaces(config)) whats.push('labels of namespaces are needed, which were not asked for');
    }
    if (auditSources(config).length > 0 && next.cluster !== config.cluster) whats.push('cluster is a label of audit events');
    return whats;
  }

  async apply({ config: next }: Sound, changes: ConfigChanges): Promise<string | null> {
    const { outputs, policy, pods, logger, hint } = this.#parts;
    const failure = next.server.listen === this.config.server.listen ? null : await this.#move(next);
    if (failure !== null) return failure;
    const surroundings = await resurround(this.#surroundings, next, pods);
    const plans = await planParts(next, policy, surroundings);
    this.#surroundings = surroundings;
    logger.level = next.log.level;
    await outputs.change({ plans, changes, surroundings });
    hint.ring();
    return null;
  }

  goOn(): Promise<void> {
    return this.#parts.outputs.goOn();
  }

  /** Serves pages elsewhere. Two addresses may exclude each other: then there is a moment without any. */
  async #move(next: Config): Promise<string | null> {
    const { server } = next;
    const former = this.#server;
    assert(former !== null, 'nothing is served yet');
    const first = await this.#tryToOpen(next);
    if (first === null) return former[Symbol.asyncDispose]().then(() => null);
    await former[Symbol.asyncDispose]();
    const second = await this.#tryToOpen(next);
    if (second === null) return null;
    this.#server = await this.#open(this.config);
    return `server.listen: ${server.listen} cannot be listened on: ${second}`;
  }

  /** Null: it is served there. */
  async #tryToOpen(next: Config): Promise<string | null> {
    try {
      this.#server = await this.#open(next);
      return null;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return error.code;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

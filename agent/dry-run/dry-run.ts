import { buildOutput } from '../assembly/build-output.ts';
import { conventionsIn } from '../model/exclusion.ts';
import type { Config } from '../config/schema.ts';
import type { PlainEntry } from '../deliver/output.ts';
import { PodLookup } from '../enrich/pod-lookup.ts';
import { Selection } from '../enrich/selection.ts';
import { compileJmesPath } from '../json/jmespath.ts';
import { Counters } from '../model/counters.ts';
import type { Exclusion } from '../model/exclusion.ts';
import type { Pod } from '../model/pod.ts';
import type { Time } from '../model/position.ts';
import { RecordView } from '../model/record.ts';
import type { Source } from '../model/source.ts';
import { routeSources } from '../handling/route-sources.ts';
import { labelPairs } from '../outputs/loki/stream-names.ts';
import type { Clock } from '../runtime/clock.ts';
import { recordsDecoder } from './records-decoder.ts';
import { Routing } from '../handling/routing.ts';
import { tenancyOf } from '../assembly/tenancy.ts';
import { DryTenants } from './dry-tenants.ts';
import type { StageStep, StageTrace } from './stage-trace.ts';

/** What becomes of one entry. */
export interface DryEntry {
  /** As it came from the runtime, its parts joined. */
  readonly line: Buffer;
  /** As it is sent; null: it is left out. */
  readonly sent: SentEntry | null;
  /** What stages did to it; empty where nobody asks. */
  readonly steps: readonly StageStep[];
}

export interface SentEntry {
  readonly line: Buffer;
  readonly time: Time;
  readonly labels: Texts;
  readonly metadata: Texts;
  /** Null: none. */
  readonly tenant: string | null;
}

type Texts = ReadonlyMap<string, string>;

/** A log of a container, and what is known of its pod; null: nothing, as where the API server is not asked. */
export interface DryLog {
  readonly source: Source;
  readonly pod: Pod | null;
  /** Records as a runtime writes them, whole. */
  readonly bytes: Buffer;
}

/** What becomes of a log for one output: all of it is left out, or each of its entries is sent or left out. */
export type DryResult = { readonly exclusion: Exclusion } | { readonly entries: readonly DryEntry[] };

/** Decodes, routes and processes logs as an agent with this configuration would, and sends nothing. */
export class DryRun {
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #trace: StageTrace | null;

  /** `trace`: hears what every stage does; null: nobody asks. */
  constructor(config: Config, clock: Clock, trace: StageTrace | null = null) {
    this.#config = config;
    this.#clock = clock;
    this.#trace = trace;
  }

  /** `output` is one of the configuration. */
  run(output: Config['outputs'][number], { source, pod, bytes }: DryLog): DryResult {
    const config = this.#config;
    const pods = pod === null ? null : { find: () => pod };
    const selection = new Selection({ ...config.containers, conventions: conventionsIn(config.kubernetes) }, pods);
    const exclusion = selection.exclusionOf(source);
    if (exclusion !== null) return { exclusion };
    const loki = buildOutput(output, output.tenant ?? null, { version: '', clock: this.#clock, onRequest: () => undefined });
    const routing = {
      config,
      clock: this.#clock,
      selection,
      pods: pods === null ? undefined : new PodLookup(pods, 0, this.#clock),
      wrapStage: this.#trace?.wrap,
      compileJmesPath,
    };
    const tenants = new DryTenants(output.tenant ?? null, loki, tenancyOf(config));
    const routes = routeSources(
      { name: output.name, streams: tenants, routing: new Routing(config.routes) },
      new Counters(),
      routing,
    )(source);
    routes.find();
    const entries: DryEntry[] = [];
    const view = new RecordView();
    const { max_line_bytes: maxLineBytes, part_idle_seconds: partWaitSeconds } = config.containers;
    const decoder = recordsDecoder(bytes, { maxLineBytes, partWaitSeconds, partBytes: config.limits.memory_bytes }, routes.multiline);
    while (decoder.next(view) || decoder.flush(view)) {
      const line = Buffer.from(view.buffer.subarray(view.start, view.end));
      const route = routes.route(view);
      const sent = route === null ? null : sentEntry(loki.plain(route, view), [view.seconds, view.nanos], tenants.tenantOf(route));
      entries.push({ line, sent, steps: this.#trace?.take() ?? [] });
    }
    return { entries };
  }
}

function sentEntry({ labels, line, metadata }: PlainEntry, time: Time, tenant: string | null): SentEntry {
  return { line, time, tenant, labels: new Map(labelPairs(labels)), metadata: new Map(metadata) };
}

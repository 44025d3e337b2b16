import { buildStages, type StageParts } from '../../agent/handling/build-stages.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { compileJmesPath } from '../../agent/json/jmespath.ts';
import { Zones } from '../../agent/layouts/zones.ts';
import { Counters } from '../../agent/model/counters.ts';
import { Entry } from '../../agent/process/entry.ts';
import { Memory } from '../../agent/process/memory.ts';
import { Names } from '../../agent/process/names.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import type { Stage } from '../../agent/process/stage.ts';
import { ValueTexts } from '../../agent/process/value-texts.ts';
import { soundSelector } from '../../agent/handling/sound-selector.ts';
import { rfc3339 } from '../../agent/runtime/civil-time.ts';
import { processedEntry, viewOf } from './entry.ts';

const OUTPUTS = 'outputs: [{ name: loki, type: loki, url: "http://loki/push" }]\n';
/** Of the lines too, unless another time is said. */
const NOON_SECONDS = 1_714_564_800;
const MAX_LINE_BYTES = 262_144;

type Values = Readonly<Record<string, string | null>>;

interface Extracted {
  readonly goesOn: boolean;
  /** All that the stages have to do with. */
  readonly values: Values;
}

/** Stages as an operator writes them, on the lines of one container. */
export class ConfiguredStages {
  readonly #stages: Stage;
  readonly #extracted = new Names();
  readonly #labels = new Names();
  readonly #memory = new Memory(1);
  readonly #labelsBefore: Readonly<Record<string, string>>;

  /** `yaml`: a configuration without outputs. `labels`: of the stream before the stages. */
  constructor(yaml: string, labels: Readonly<Record<string, string>> = {}) {
    const loaded = parseConfig('test', `${OUTPUTS}${yaml}`, { env: {}, hostname: 'node-1' });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const counters = new Counters();
    const parts: StageParts = {
      extracted: this.#extracted,
      labels: this.#labels,
      ownLabels: Object.keys(labels),
      channelLabels: [labels, labels],
      selectorOf: soundSelector,
      memory: this.#memory,
      zones: new Zones(),
      scratch: new Scratch(),
      texts: new ValueTexts(),
      redactions: counters.redactions,
      lineMetrics: counters.lineMetrics,
      countFiltered: (reason) => counters.countFiltered(reason),
      countFault: () => undefined,
      maxLineBytes: MAX_LINE_BYTES,
      nowSeconds: () => NOON_SECONDS,
      compileJmesPath,
    };
    const stages = buildStages(loaded.config.stages, parts);
    if (loaded.config.stages.length === 0) throw new Error(`no stages in ${yaml}`);
    this.#stages = stages ?? { apply: () => true };
    this.#labelsBefore = labels;
  }

  /** What stages extract from a line, by name; `before`: values that are there. */
  extract(line: string | Buffer, before: Values = this.#labelsBefore): Extracted {
    const entry = new Entry(viewOf(Buffer.from(line)));
    const valuesBefore = this.#extracted.list.map((name) => before[name] ?? null);
    entry.begin(
      entry.view,
      valuesBefore,
      this.#labels.list.map((name) => this.#labelsBefore[name] ?? null),
    );
    const { goesOn } = processedEntry(this.#stages, entry);
    return { goesOn, values: Object.fromEntries(this.#extracted.list.map((name, slot) => [name, entry.extracted[slot]!])) };
  }

  /** What becomes of a line of the given time, as docs/stages.md writes it. */
  describe(line: string | Buffer, seconds: number = NOON_SECONDS, nanos = 0): string {
    const entry = new Entry(viewOf(Buffer.from(line)));
    const valueOf = (name: string): string | null => this.#labelsBefore[name] ?? null;
    const before = this.#labels.list.map(valueOf);
    const { view } = entry;
    view.seconds = seconds;
    view.nanos = nanos;
    entry.begin(view, this.#extracted.list.map(valueOf), before);
    entry.memory = this.#memory.begin(view.channel);
    const { goesOn, text, metadata } = processedEntry(this.#stages, entry);
    if (!goesOn) return 'out: (dropped)';
    const labels = this.#labels.list.flatMap((name, slot) => {
      const value = entry.labels[slot]!;
      if (value === before[slot]) return [];
      return value === null ? [`{${name}}`] : [`{${name}="${value}"}`];
    });
    const isNewTime = view.seconds !== seconds || view.nanos !== nanos;
    const said = [
      ...(metadata ?? []).map(([name, value]) => `${name}=${value}`),
      ...labels,
      ...(isNewTime ? [`@${rfc3339([view.seconds, view.nanos])}`] : []),
      ...(entry.tenant === null ? [] : [`tenant: ${entry.tenant}`]),
    ];
    return [`out: ${text.toString().replaceAll('\n', '\n   | ')}`, ...said.map((text) => `     ${text}`)].join('\n');
  }
}

import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { LabelValues } from './label-values.ts';

/** Values count for so long: Loki keeps an index a day. */
const WINDOW_MS = 24 * 3_600_000;

/** What a label has come to, within the window and since the start. */
export interface LabelUse {
  readonly values: number;
  readonly demotions: number;
}

/** How many values each label may take, on the node and in each of its namespaces; 0 is no limit. */
export interface LabelBounds {
  readonly maxValues: number;
  readonly maxNamespaceValues: number;
}

type Log = Pick<Source, 'id' | 'namespace'>;
type Label = readonly [name: string, value: string];

const TOO_MANY = {
  node: 'a label has more values than labels.max_values today: new logs carry it as structured metadata',
  namespace:
    'a label has more values in a namespace than labels.max_namespace_values today: new logs of it carry it as structured metadata',
};

/**
 * How many values each label may take within a day, on this node and in a namespace. A value more, and new logs carry the label as metadata,
 * so that somebody who puts an id into a label costs the store no stream each, and takes nothing from other namespaces; logs that have the
 * label keep it. Shared by all outputs, and asked when a log is begun.
 */
export class LabelBudget {
  readonly #bounds: LabelBounds;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;
  #ofNode: LabelValues;
  #ofNamespaces = new Map<string, LabelValues>();
  readonly #demotions = new Map<string, number>();
  #sinceMs: number;

  constructor(bounds: LabelBounds, clock: Clock, log: ThrottledLogger) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#log = log;
    this.#ofNode = new LabelValues(bounds.maxValues);
    this.#sinceMs = clock.monotonic();
  }

  /** Which of the labels of a new log have to be metadata. */
  admit(log: Log, labels: Iterable<Label>): string[] {
    const ofNamespace = this.#ofNamespace(log);
    const demoted: string[] = [];
    for (const [name, value] of labels) {
      const isInBounds = ofNamespace.allows(name, value);
      if (isInBounds && this.#ofNode.allows(name, value)) {
        this.#add(ofNamespace, [name, value]);
      } else {
        demoted.push(name);
        this.#demote(name, log, isInBounds ? 'node' : 'namespace');
      }
    }
    return demoted;
  }

  /** Labels of a log that has them already, whatever else there is. */
  adopt(log: Log, labels: Iterable<Label>): void {
    const ofNamespace = this.#ofNamespace(log);
    for (const label of labels) this.#add(ofNamespace, label);
  }

  #add(ofNamespace: LabelValues, [name, value]: Label): void {
    ofNamespace.add(name, value);
    this.#ofNode.add(name, value);
  }

  /** Of today; yesterday's are forgotten. */
  #ofNamespace({ namespace }: Log): LabelValues {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#sinceMs >= WINDOW_MS) {
      this.#ofNode = new LabelValues(this.#bounds.maxValues);
      this.#ofNamespaces = new Map();
      this.#sinceMs = nowMs;
    }
    return this.#ofNamespaces.getOrInsertComputed(namespace, () => new LabelValues(this.#bounds.maxNamespaceValues));
  }

  #demote(label: string, { id, namespace }: Log, scope: keyof typeof TOO_MANY): void {
    this.#demotions.set(label, (this.#demotions.get(label) ?? 0) + 1);
    const { maxValues: ofNode, maxNamespaceValues: ofNamespace } = this.#bounds;
    const fields = { label, source: id, namespace, maxValues: scope === 'node' ? ofNode : ofNamespace };
    this.#log.warn(scope === 'node' ? label : `${namespace} ${label}`, fields, TOO_MANY[scope]);
  }

  /** By label. */
  get use(): Map<string, LabelUse> {
    const names = new Set([...this.#ofNode.names, ...this.#demotions.keys()]);
    return new Map([...names].map((name) => [name, { values: this.#ofNode.count(name), demotions: this.#demotions.get(name) ?? 0 }]));
  }
}

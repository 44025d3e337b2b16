import type { Convention, Exclusion } from '../model/exclusion.ts';
import type { Pod } from '../model/pod.ts';
import { type Channel, STDERR, STDOUT } from '../model/record.ts';
import type { Source } from '../model/source.ts';
import { type LogRule, matchesRule } from './log-rule.ts';
import { ownerExclusion } from './owner-exclusion.ts';
import type { Pods } from './pod-lookup.ts';

export interface SelectionRules {
  /** Empty: every log. */
  readonly include: readonly LogRule[];
  readonly exclude: readonly LogRule[];
  /** In whose words owners of pods may have their logs left out. */
  readonly conventions: readonly Convention[];
}

/**
 * Which logs are collected, and why the others are not. What is not known of a pod keeps no log out: whoever needs to know waits for the
 * pod, and asks again.
 */
export class Selection {
  readonly #rules: SelectionRules;
  readonly #pods: Pods | null;

  /** `pods`: null where there is no API server to know them from. */
  constructor(rules: SelectionRules, pods: Pods | null) {
    this.#rules = rules;
    this.#pods = pods;
  }

  /** Null for a log that is collected, as far as is known now. */
  exclusionOf(source: Source): Exclusion | null {
    const { include, exclude } = this.#rules;
    const pod = this.#pods?.find(source) ?? null;
    if (exclude.some((rule) => matchesRule(rule, source, pod) === true)) return 'excluded';
    if (include.length > 0 && include.every((rule) => matchesRule(rule, source, pod) === false)) return 'not_included';
    if (pod === null) return null;
    const [out, err] = this.#ownerSays(pod, source);
    return err === null ? null : out;
  }

  /** The one channel of a log that its owner has left out; null when he says so of none, or of both. */
  mutedChannel({ container }: Source, pod: Pod): Channel | null {
    const [out, err] = this.#ownerSays(pod, { container });
    if ((out === null) === (err === null)) return null;
    return out === null ? STDERR : STDOUT;
  }

  /** By channel. */
  #ownerSays(pod: Pod, { container }: Pick<Source, 'container'>): readonly [Convention | null, Convention | null] {
    const { conventions } = this.#rules;
    const saysOf = (channel: Channel): Convention | null => ownerExclusion(pod, { container, channel }, conventions);
    return [saysOf(STDOUT), saysOf(STDERR)];
  }

  /** How many of these logs are left out, by the reason. */
  count(sources: readonly Source[]): Map<Exclusion, number> {
    const counts = new Map<Exclusion, number>();
    for (const source of sources) {
      const exclusion = this.exclusionOf(source);
      if (exclusion !== null) counts.set(exclusion, (counts.get(exclusion) ?? 0) + 1);
    }
    return counts;
  }
}

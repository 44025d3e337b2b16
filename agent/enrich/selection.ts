import type { Exclusion } from '../model/exclusion.ts';
import type { Source } from '../model/source.ts';
import { type LogRule, matchesRule } from './log-rule.ts';
import type { Pods } from './pod-lookup.ts';

export interface SelectionRules {
  /** Empty: every log. */
  readonly include: readonly LogRule[];
  readonly exclude: readonly LogRule[];
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
    return null;
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

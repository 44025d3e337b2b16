import type { RateRuleConfig } from '../config/rate-rules-schema.ts';
import { matchesRule } from '../enrich/log-rule.ts';
import type { FoundPod } from '../enrich/pod-lookup.ts';
import { BURST_SECONDS, type RateRule } from '../model/rate-rule.ts';
import type { Source } from '../model/source.ts';
import { LimitUse } from '../pipeline/limit-use.ts';
import { RateLimit } from '../pipeline/rate-limit.ts';
import type { Clock } from '../runtime/clock.ts';

/** Namespaces that are counted by their names; a node has fewer. What is done to logs of others is counted under OTHERS, which is no name of one. */
const MOST_OWNERS = 200;
const OTHERS = '(others)';
/** From so many limits on, those are forgotten that nothing was sent of for long. */
const MANY = 256;
const NONE: readonly RateLimit[] = [];

export interface RateRulesParts {
  readonly rules: readonly RateRuleConfig[];
  /** Null: nothing is known of pods. */
  readonly podOf: ((source: Source) => FoundPod) | null;
  readonly clock: Clock;
}

interface Rule extends RateRule {
  readonly written: RateRuleConfig;
}

/** What `limits.rules` lets through of which log to one output. A container has the same limit under every restart of it. */
export class RateRules {
  readonly #rules: readonly Rule[];
  readonly #podOf: ((source: Source) => FoundPod) | null;
  readonly #clock: Clock;
  readonly #limits = new Map<string, RateLimit>();
  readonly #uses = new Map<string, LimitUse>();
  #sweepAt = MANY;

  constructor({ rules, podOf, clock }: RateRulesParts) {
    this.#rules = rules.map(ruleOf);
    this.#podOf = rules.some(({ logs }) => logs?.pod_labels !== undefined || logs?.namespace_labels !== undefined) ? podOf : null;
    this.#clock = clock;
  }

  /** By namespace. */
  get uses(): ReadonlyMap<string, LimitUse> {
    return this.#uses;
  }

  /** What finds the limits of a log, anew until its pod is known, where that matters; until then a rule that asks for labels is passed over. */
  follow(source: Source): () => readonly RateLimit[] {
    if (this.#rules.length === 0) return () => NONE;
    let found: readonly RateLimit[] = NONE;
    let isFinal = false;
    return () => {
      if (isFinal) return found;
      const pod = this.#podOf?.(source) ?? null;
      isFinal = pod !== 'later' && pod !== 'unknown';
      found = this.#limitsOf(source, pod);
      return found;
    };
  }

  #limitsOf(source: Source, pod: FoundPod | null): RateLimit[] {
    const known = typeof pod === 'string' ? null : pod;
    const holds = ({ written: { logs = {} } }: Rule): boolean => matchesRule(logs, source, known) === true;
    const firsts = (['container', 'namespace'] as const).map((per) => this.#rules.find((rule) => rule.written.per === per && holds(rule)));
    return firsts.flatMap((rule) => (rule === undefined ? [] : [this.#limitOf(rule, source)]));
  }

  #limitOf(rule: Rule, { namespace, uid, container }: Source): RateLimit {
    const key = JSON.stringify([rule.name, namespace, ...(rule.written.per === 'container' ? [uid, container] : [])]);
    if (this.#limits.size >= this.#sweepAt) this.#sweep();
    return this.#limits.getOrInsertComputed(key, () => new RateLimit(rule, this.#useOf(namespace)));
  }

  /** A limit that is full is as good as a new one. */
  #sweep(): void {
    const nowMs = this.#clock.monotonic();
    for (const [key, limit] of this.#limits) if (limit.isIdle(nowMs)) this.#limits.delete(key);
    this.#sweepAt = Math.max(MANY, this.#limits.size * 2);
  }

  #useOf(namespace: string): LimitUse {
    const owner = this.#uses.size < MOST_OWNERS || this.#uses.has(namespace) ? namespace : OTHERS;
    return this.#uses.getOrInsertComputed(owner, () => new LimitUse());
  }
}

function ruleOf(written: RateRuleConfig, index: number): Rule {
  const { rate_bytes: rateBytes, burst_bytes: burstBytes = rateBytes * BURST_SECONDS, over, drop_below_seconds: seconds } = written;
  return { name: `limits.rules[${index}]`, rateBytes, burstBytes, dropBelowSeconds: over === 'drop' ? seconds : null, written };
}

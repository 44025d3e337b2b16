import type { AuditEvent } from './audit-event.ts';
import { firstMatch } from './first-match.ts';
import { isAtLeast, LEVELS, type Level, omittedStages, type Policy } from './policy.ts';

/** Events, and bytes of their lines. */
export interface Volume {
  events: number;
  bytes: number;
}

/** Something to change in the policy. */
export type Change = { readonly kind: 'omit-request-received' } | { readonly kind: 'rule-at-metadata'; readonly rule: number };

/** What the requests of an audit log would come to under a policy, in all. */
export class Estimate {
  readonly recorded: Volume = nothing();
  readonly kept: Volume = nothing();
  readonly byLevel: ReadonlyMap<Level, Volume> = new Map(LEVELS.map((level) => [level, nothing()]));
  /** By place in the policy; null: no rule matches. */
  readonly byRule: ReadonlyMap<number | null, Volume>;
  /** Events that the policy would record with more than the log has of them, so that they would be larger than counted here. */
  understated = 0;
  /** RFC 3339, of the first and the last event; empty before there are any. */
  first = '';
  last = '';
  readonly #policy: Policy;
  readonly #received: Volume = nothing();
  /** Bytes that come with a level above Metadata. */
  readonly #beyondMetadata = new Map<number, number>();

  constructor(policy: Policy) {
    this.#policy = policy;
    this.byRule = new Map([...policy.rules.keys(), null].map((rule) => [rule, nothing()]));
  }

  add(event: AuditEvent): void {
    this.#widen(event.time);
    count(this.recorded, event.bytes);
    const index = firstMatch(this.#policy, event.request);
    const rule = index === null ? null : this.#policy.rules[index]!;
    if (rule === null || rule.level === 'None' || omittedStages(this.#policy, rule).has(event.stage)) return;
    const { level } = rule;
    const bytes = bytesAt(event, level);
    for (const volume of [this.kept, this.byLevel.get(level)!, this.byRule.get(index)!]) count(volume, bytes);
    if (event.stage === 'RequestReceived') count(this.#received, bytes);
    this.#beyondMetadata.set(index!, (this.#beyondMetadata.get(index!) ?? 0) + bytes - bytesAt(event, 'Metadata'));
    if (isUnderstated(event, level)) this.understated += 1;
  }

  /** What changes would save, most first; none that would save nothing. */
  savings(): { change: Change; saved: Volume }[] {
    const received = { change: { kind: 'omit-request-received' } as Change, saved: this.#received };
    const bodies = [...this.#beyondMetadata].map(([rule, bytes]) => ({
      change: { kind: 'rule-at-metadata', rule } as Change,
      saved: { events: 0, bytes },
    }));
    return [received, ...bodies].filter(({ saved }) => saved.bytes > 0).toSorted((a, b) => b.saved.bytes - a.saved.bytes);
  }

  /** Times of one format compare as text. */
  #widen(time: string): void {
    if (this.first === '' || time < this.first) this.first = time;
    if (time > this.last) this.last = time;
  }
}

/** Of the event at another level, as far as the log has what that records: without bodies, and with the name of that level. */
function bytesAt({ bytes, requestBytes, responseBytes, level: recorded }: AuditEvent, level: Level): number {
  const left = (isAtLeast(level, 'Request') ? 0 : requestBytes) + (isAtLeast(level, 'RequestResponse') ? 0 : responseBytes);
  return bytes - left + level.length - recorded.length;
}

/** Bodies come with the end of a request for a resource. */
function isUnderstated({ request, stage, level: recorded }: AuditEvent, level: Level): boolean {
  return !isAtLeast(recorded, level) && isAtLeast(level, 'Request') && stage === 'ResponseComplete' && request.target.kind === 'resource';
}

function count(volume: Volume, bytes: number): void {
  volume.events += 1;
  volume.bytes += bytes;
}

function nothing(): Volume {
  return { events: 0, bytes: 0 };
}

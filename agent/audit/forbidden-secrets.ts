import type { Metadata } from '../model/record.ts';
import type { Time } from '../runtime/civil-time.ts';
import { COMPLETE } from './policy.ts';

/** Users that are remembered; the one that was refused longest ago goes first. */
const MOST_USERS = 1000;

/** How many refusals of one user within how many seconds are no mistake any more. */
interface Threshold {
  readonly requests: number;
  readonly seconds: number;
}

/** What of an event is looked at. */
interface SeenEvent {
  readonly channel: number;
  readonly time: Time | null;
  readonly metadata: Metadata;
}

/**
 * Notices a user who is refused secrets time after time, by the events' own times. A refused watch is recorded at two stages, and events come
 * again after a crash: a request counts once, when it is complete.
 */
export class ForbiddenSecrets {
  /** By user, those refused last behind: requests by their ids, with the seconds of their refusal. */
  readonly #refused = new Map<string, Map<string, number>>();
  readonly #threshold: Threshold;

  constructor(threshold: Threshold) {
    this.#threshold = threshold;
  }

  /** Returns the user who has gone too far with this event; null as a rule. They are told of again after as many refusals more. */
  observe({ channel, time, metadata }: SeenEvent): string | null {
    if (channel !== COMPLETE || time === null) return null;
    if (valueOf(metadata, 'code') !== '403' || valueOf(metadata, 'resource') !== 'secrets') return null;
    const [user, id] = [valueOf(metadata, 'user') ?? '', valueOf(metadata, 'audit_id') ?? ''];
    const [seconds] = time;
    const requests = this.#refused.get(user) ?? new Map<string, number>();
    this.#refused.delete(user);
    for (const [request, at] of requests) if (Math.abs(seconds - at) >= this.#threshold.seconds) requests.delete(request);
    requests.set(id, seconds);
    if (requests.size >= this.#threshold.requests) return user;
    this.#refused.set(user, requests);
    if (this.#refused.size > MOST_USERS) this.#refused.delete(this.#refused.keys().next().value!);
    return null;
  }
}

function valueOf(metadata: Metadata, name: string): string | undefined {
  return metadata.find(([key]) => key === name)?.[1];
}

import type { Pod } from '../model/pod.ts';
import { fieldOf } from './field-of.ts';
import { podOf, versionOf } from './pod-of.ts';
import { type Trouble, trouble, troubleOfErrorEvent } from './trouble.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** One line of a watch; `version` is where the watch goes on behind it. */
export type WatchEvent =
  | { readonly kind: 'put' | 'removed'; readonly pod: Pod; readonly version: string }
  /** Nothing has happened up to this version. */
  | { readonly kind: 'bookmark'; readonly version: string }
  /** All pods that there were at this version have been told of. */
  | { readonly kind: 'initial_end'; readonly version: string };

/** On the bookmark that ends the initial events (apimachinery pkg/apis/meta/v1/types.go, InitialEventsAnnotationKey). */
const INITIAL_END = 'k8s.io/initial-events-end';

/** Reads a line of a watch. `asked`: as in `podOf`. */
export function watchEvent(line: Buffer, asked?: ReadonlySet<string>): WatchEvent | Trouble {
  const event = parsed(withoutManagedFields(line));
  const type = fieldOf(event, 'type');
  const object = fieldOf(event, 'object');
  if (type === 'ERROR') return troubleOfErrorEvent(object);
  const version = versionOf(object);
  if (version !== null && type === 'BOOKMARK') return { kind: isInitialEnd(object) ? 'initial_end' : 'bookmark', version };
  const pod = podOf(object, asked);
  if (version === null || pod === null) return trouble('malformed', `no event: ${line.toString('latin1', 0, 100)}`);
  if (type === 'ADDED' || type === 'MODIFIED') return { kind: 'put', pod, version };
  return type === 'DELETED' ? { kind: 'removed', pod, version } : trouble('malformed', `an event of the unknown type ${String(type)}`);
}

function isInitialEnd(bookmark: unknown): boolean {
  const annotations = fieldOf(fieldOf(bookmark, 'metadata'), 'annotations');
  return (annotations as Record<string, unknown> | undefined)?.[INITIAL_END] === 'true';
}

/** What a body says as JSON; undefined when it is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

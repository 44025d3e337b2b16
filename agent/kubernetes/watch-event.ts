import type { Pod } from '../model/pod.ts';
import { fieldOf } from './field-of.ts';
import { podOf, versionOf } from './pod-of.ts';
import { type Trouble, trouble, troubleOfErrorEvent } from './trouble.ts';

/** One line of a watch; `version` is where the watch goes on behind it. */
export type WatchEvent =
  | { readonly kind: 'put' | 'removed'; readonly pod: Pod; readonly version: string }
  /** Nothing has happened up to this version. */
  | { readonly kind: 'bookmark'; readonly version: string };

/** Reads a line of a watch. */
export function watchEvent(line: Buffer): WatchEvent | Trouble {
  const event = parsed(line);
  const type = fieldOf(event, 'type');
  const object = fieldOf(event, 'object');
  if (type === 'ERROR') return troubleOfErrorEvent(object);
  const version = versionOf(object);
  if (version !== null && type === 'BOOKMARK') return { kind: 'bookmark', version };
  const pod = podOf(object);
  if (version === null || pod === null) return trouble('malformed', `no event: ${line.toString('latin1', 0, 100)}`);
  if (type === 'ADDED' || type === 'MODIFIED') return { kind: 'put', pod, version };
  return type === 'DELETED' ? { kind: 'removed', pod, version } : trouble('malformed', `an event of the unknown type ${String(type)}`);
}

/** What a body says as JSON; undefined when it is none. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

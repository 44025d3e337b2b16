import type { ApiRequest } from './api-request.ts';
import { LEVELS, type Level, STAGES, type Stage } from './policy.ts';

/** What an event of an audit log says that decides about its size (apiserver: pkg/apis/audit/v1/types.go, v1.37). */
export interface AuditEvent {
  readonly request: ApiRequest;
  readonly level: Level;
  readonly stage: Stage;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Of the line with its LF. */
  readonly bytes: number;
  /** Of that, what comes with the level: nothing when the client sent none, or when the level was too low. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Who asked for what, as an event has it. */
interface WrittenRequest {
  readonly requestURI: string;
  readonly verb: string;
  readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
  readonly objectRef?: { readonly [field in 'resource' | 'namespace' | 'name' | 'apiGroup' | 'subresource']?: string };
}

interface WrittenEvent extends WrittenRequest {
  readonly kind: unknown;
  readonly level: Level;
  readonly stage: Stage;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly stageTimestamp: string;
}

/** The event of a line without its LF; null: it is none. */
export function parseEvent(line: string): AuditEvent | null {
  const event = parseJson(line);
  if (!isEvent(event)) return null;
  return {
    request: requestOf(event),
    level: event.level,
    stage: event.stage,
    time: event.stageTimestamp,
    bytes: Buffer.byteLength(line) + 1,
    requestBytes: fieldBytes('requestObject', event.requestObject),
    responseBytes: fieldBytes('responseObject', event.responseObject),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is WrittenEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, level, stage, verb, requestURI, stageTimestamp } = value as Partial<WrittenEvent>;
  const isTexts = [verb, requestURI, stageTimestamp].every((field) => typeof field === 'string');
  return kind === 'Event' && isTexts && LEVELS.includes(level!) && STAGES.includes(stage!);
}

/** As the policy was asked about it: the name of what is created was filled in later, from the body. */
export function requestOf({ user, verb, objectRef, requestURI }: WrittenRequest): ApiRequest {
  const subject = { user: user?.username ?? null, groups: user?.groups ?? [], verb };
  if (objectRef === undefined) return { ...subject, target: { kind: 'path', path: unescaped(requestURI.split('?')[0]!) } };
  const { apiGroup: group = '', resource = '', subresource = '', namespace = '', name = '' } = objectRef;
  const isNamed = verb !== 'create' || subresource !== '';
  return { ...subject, target: { kind: 'resource', group, resource, subresource, namespace, name: isNamed ? name : '' } };
}

/** The policy is asked about the path without its escapes. */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Bytes of `,"name":value` as Go writes it, which escapes what HTML might take for its own. */
function fieldBytes(name: string, value: unknown): number {
  if (value === undefined) return 0;
  const text = JSON.stringify(value);
  const escaped = text.match(/[<>&]/g)?.length ?? 0;
  const separators = text.match(/[\u2028\u2029]/g)?.length ?? 0;
  return `,"${name}":`.length + Buffer.byteLength(text) + escaped * 5 + separators * 3;
}

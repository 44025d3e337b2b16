import { crc32 } from 'node:zlib';
import type { Position } from '../model/position.ts';
import { isPosition } from './position-shape.ts';

const VERSION = 2;
/** The beginning of a document of any version; the number tells how to read the rest. */
const ANY_VERSION = /^\{"version":(\d{1,9})[,}]/;
const HEADER = new RegExp(`^\\{"version":${VERSION},"crc32":(\\d{1,10}),"state":`);
const END = '}\n';
/** More than any header has, so that a file of garbage is not looked through. */
const HEADER_BYTES = 64;

/** What a node remembers from run to run. */
export interface Checkpoints {
  /**
   * First start ever on this node, ms since 1970. null: there never was a checkpoint. 0: there was one, or may have been, and it
   * cannot be read: nothing on the node is older than the agent, so that no log is taken for one that others have shipped.
   */
  readonly startedMs: number | null;
  /** Takeovers from other agents that are done, as `promtail:/path`. */
  readonly imported: readonly string[];
  /** Positions by output, then by source id. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, Position>>>>;
}

export const NO_CHECKPOINTS: Checkpoints = { startedMs: null, imported: [], outputs: {} };

/** A source of an output. */
export type OutputSource = readonly [output: string, sourceId: string];

/** A document that can be used, but for the sources in `misshapen`, which it has no usable position of. */
export interface WholeDocument {
  readonly kind: 'whole';
  readonly checkpoints: Checkpoints;
  readonly misshapen: readonly OutputSource[];
}

/** What the bytes of a file are. */
export type CheckpointDocument =
  | WholeDocument
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'corrupt'; readonly why: string };

/** The document's text: version and checksum stand before what they are about, so that neither depends on reading it. */
export function formatCheckpoints({ startedMs, imported, outputs }: Checkpoints): string {
  const state = JSON.stringify({ started_ms: startedMs, imported, outputs });
  return `{"version":${VERSION},"crc32":${crc32(state)},"state":${state}}\n`;
}

/** Takes any bytes, and never throws. */
export function parseCheckpoints(bytes: Buffer): CheckpointDocument {
  const head = bytes.toString('latin1', 0, HEADER_BYTES);
  const version = Number(ANY_VERSION.exec(head)?.[1]);
  if (version > VERSION) return { kind: 'newer', version };
  if (version < VERSION) return corrupt(`version ${version} is not ${VERSION}`);
  const [header, checksum] = HEADER.exec(head) ?? [];
  if (header === undefined || bytes.toString('latin1', bytes.length - END.length) !== END)
    return corrupt('not a whole checkpoint document');
  const state = bytes.subarray(header.length, bytes.length - END.length);
  if (crc32(state) !== Number(checksum)) return corrupt('checksum does not match');
  return readState(parseJson(state.toString())) ?? corrupt('state is not of the expected shape');
}

function corrupt(why: string): CheckpointDocument {
  return { kind: 'corrupt', why };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** null for what is not a state at all; a position of another shape takes only its source away. */
function readState(value: unknown): WholeDocument | null {
  if (!isObject(value)) return null;
  const { started_ms: startedMs, imported, outputs } = value;
  if (startedMs !== null && !Number.isSafeInteger(startedMs)) return null;
  if (!isListOfTexts(imported) || !isObject(outputs)) return null;
  const written = Object.entries(outputs);
  if (!written.every((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]))) return null;
  const read = Object.fromEntries(written.map(([output, sources]) => [output, positionsIn(sources)]));
  const misshapen = written.flatMap(([output, sources]) => misshapenIn(sources).map((id) => [output, id] as const));
  return { kind: 'whole', checkpoints: { startedMs: startedMs as number | null, imported, outputs: read }, misshapen };
}

function positionsIn(sources: Record<string, unknown>): Record<string, Position> {
  return Object.fromEntries(Object.entries(sources).filter((entry): entry is [string, Position] => isPosition(entry[1])));
}

function misshapenIn(sources: Record<string, unknown>): string[] {
  return Object.keys(sources).filter((id) => !isPosition(sources[id]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

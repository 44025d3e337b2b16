import { basename } from 'node:path';
import type { Config } from '../config/schema.ts';
import { recordTime } from '../decode/record-time.ts';
import type { ForeignPositions, ImportFault } from '../import/foreign-positions.ts';
import { type CandidateFile, placeOf } from '../import/place-of.ts';
import type { Source } from '../model/source.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ChainFile } from '../tail/open-chain.ts';
import type { StartPlace } from '../tail/resume-chain.ts';

/** How far back the record before a place is looked for: no record of a container runtime is longer. */
const RECORD_BYTES = 65_536;
const LF = 10;

/** Positions of the agents that were here before, for logs that have none of ours. */
export class Takeover {
  readonly #positions: readonly ForeignPositions[];
  /** What is taken over by now, for the checkpoint: each file once. */
  readonly imported: readonly string[];

  private constructor(positions: readonly ForeignPositions[], imported: readonly string[]) {
    this.#positions = positions;
    this.imported = imported;
  }

  /** Reads the files that the configuration names and that are not among those `imported` before. What cannot be read is said and left out. */
  static async read(config: Config, imported: readonly string[], logger: Logger): Promise<Takeover> {
    const positions: ForeignPositions[] = [];
    const done = [...imported];
    for (const [name, read] of readers(config)) {
      if (imported.includes(name)) continue;
      const found = await read();
      report(found, logger);
      if (found.kind === 'fault') continue;
      positions.push(found);
      done.push(name);
    }
    return new Takeover(positions, done);
  }

  /** Where another agent has stopped in a log; null when none says anything of it. */
  placeIn(source: Source, chain: readonly ChainFile[]): StartPlace | null {
    if (this.#positions.length === 0) return null;
    const files = chain.map(candidateOf);
    for (const positions of this.#positions) {
      const place = placeOf(files, source, positions);
      if (place !== null) return place;
    }
    return null;
  }
}

type Read = () => Promise<ForeignPositions | ImportFault>;

/** By the name under which a checkpoint remembers each file. What reads one is loaded only where it is named. */
function readers({ import: written, state_dir: stateDir }: Config): [string, Read][] {
  const { promtail_positions: promtail, fluent_bit_db: fluentBit, vector_checkpoints: vector } = written;
  const found: [string, Read][] = [];
  if (promtail !== undefined) {
    found.push([
      `promtail_positions:${promtail}`,
      async () => (await import('../import/promtail-positions.ts')).readPromtailPositions(promtail),
    ]);
  }
  if (fluentBit !== undefined) {
    found.push([
      `fluent_bit_db:${fluentBit}`,
      async () => (await import('../import/fluent-bit-db.ts')).readFluentBitDb(fluentBit, stateDir),
    ]);
  }
  if (vector !== undefined) {
    found.push([
      `vector_checkpoints:${vector}`,
      async () => (await import('../import/vector-checkpoints.ts')).readVectorCheckpoints(vector),
    ]);
  }
  return found;
}

function report(found: ForeignPositions | ImportFault, logger: Logger): void {
  const { file } = found;
  if (found.kind === 'positions') {
    const { agent, entries, ignored } = found;
    logger.info({ file, agent, entries: entries.length, ignored }, 'logs without a position of ours are begun where another agent stopped');
  } else {
    const { reason, message } = found;
    logger.warn({ file, reason, detail: message }, 'positions of another agent cannot be taken over; logs are begun as without them');
  }
}

function candidateOf(file: ChainFile): CandidateFile {
  const time = recordTime(file.head() ?? Buffer.alloc(0));
  return {
    id: file.id,
    name: basename(file.path),
    size: file.look().size,
    firstRecordMs: time === null ? null : msOf(time),
    head: (bytes) => file.peek(bytes, 0),
    recordBefore: (offset) => recordBefore(file, offset),
  };
}

function recordBefore(file: ChainFile, offset: number): ReturnType<CandidateFile['recordBefore']> {
  const from = Math.max(0, offset - RECORD_BYTES);
  const before = file.peek(offset - from, from);
  const end = before.lastIndexOf(LF) + 1;
  if (end === 0) return null;
  const start = before.lastIndexOf(LF, end - 2) + 1;
  if (start === 0 && from > 0) return null;
  const time = recordTime(before.subarray(start, end));
  return { end: from + end, ms: time === null ? null : msOf(time) };
}

function msOf([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1000 + nanos / 1e6;
}

import { type Level, LEVELS } from '../model/level.ts';
import type { Metadata } from '../model/record.ts';
import { byteClass } from '../shapes/byte-class.ts';
import type { Entry } from './entry.ts';
import { beginsObject, jsonLevel } from './json-level.ts';
import { klogLevel } from './klog-level.ts';
import { logfmtLevel } from './logfmt-level.ts';
import type { Stage } from './stage.ts';
import { wordLevel } from './word-level.ts';

const NAME = 'detected_level';
const WHITE_SPACE = byteClass(/[\t-\r ]/);

/** One array a level, so that a line costs none, and whoever encodes metadata does it once. */
const MARKS = Object.fromEntries(LEVELS.map((level) => [level, [[NAME, level]]])) as unknown as Readonly<Record<Level, Metadata>>;

export interface LevelParts {
  /** Levels whose lines are left out. */
  readonly drop: readonly Level[];
  readonly countFiltered: (reason: string) => void;
}

/**
 * Says how severe a line is, in the metadata and with the values that Loki would set itself (pkg/distributor/field_detection.go); what
 * comes with an entry, Loki leaves as it is. A line without a level gets none: then Loki looks for itself. What is said
 * of it already stays.
 */
export class LevelStage implements Stage {
  readonly #dropped: ReadonlySet<Level>;
  readonly #countFiltered: LevelParts['countFiltered'];

  constructor({ drop, countFiltered }: LevelParts) {
    this.#dropped = new Set(drop);
    this.#countFiltered = countFiltered;
  }

  apply({ view }: Entry): boolean {
    const level = levelOf(view.buffer, view.start, view.end);
    if (level === null) return true;
    if (this.#dropped.has(level)) {
      this.#countFiltered('level');
      return false;
    }
    const mark = MARKS[level];
    if (view.metadata === null) view.metadata = mark;
    else if (!view.metadata.some(isLevel)) view.metadata = [...view.metadata, ...mark];
    return true;
  }
}

function isLevel([name]: Metadata[number]): boolean {
  return name === NAME;
}

/** The level of the text `bytes[start, end)`, by the first form that it has; null when it names none. */
export function levelOf(bytes: Buffer, start: number, end: number): Level | null {
  let text = start;
  while (text < end && WHITE_SPACE[bytes[text]!] === 1) text += 1;
  if (beginsObject(bytes, text, end)) return jsonLevel(bytes, text, end);
  return klogLevel(bytes, text, end) ?? logfmtLevel(bytes, text, end) ?? wordLevel(bytes, text, end);
}

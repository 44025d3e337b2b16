import pino from 'pino';
import type { Clock } from './clock.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Messages are constant sentences; what varies is in the fields. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One that may be told to say less, or more. */
export interface LevelledLogger extends Logger {
  /** The least severe level that is said. */
  level: string;
}

/** What a terminal acts on or hides and JSON need not escape: DEL, the C1 controls, what turns the direction of text around, and the like. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON lines on standard output. Synchronous: what was logged before a crash is there after it. Names and answers in them are other
 * people's: no line holds anything but text.
 */
export function createLogger(level: Level): LevelledLogger {
  const stdout = pino.destination({ fd: 1, sync: true });
  const write = (line: string): unknown => stdout.write(`${line.trimEnd().replace(UNSAFE, escaped)}\n`);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

/** As JSON writes it, by the units of UTF-16. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

const WINDOW_MS = 60_000;

/**
 * Says the same thing once a minute: the agent's own log is one of those it ships, so a message per failure could feed itself.
 * Messages are told apart by their text and `key`.
 */
export class ThrottledLogger {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #said = new Map<string, { sinceMs: number; suppressed: number }>();

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** The end of a trouble that was said; as often as that. */
  info(fields: object, message: string): void {
    this.#logger.info(fields, message);
  }

  /** Returns whether it was said now. */
  warn(key: string, fields: object, message: string): boolean {
    const nowMs = this.#clock.monotonic();
    const id = `${message}\n${key}`;
    const said = this.#said.get(id);
    if (said !== undefined && nowMs - said.sinceMs < WINDOW_MS) {
      said.suppressed += 1;
      return false;
    }
    for (const [old, { sinceMs }] of this.#said) if (nowMs - sinceMs >= WINDOW_MS) this.#said.delete(old);
    this.#said.set(id, { sinceMs: nowMs, suppressed: 0 });
    this.#logger.warn(said === undefined || said.suppressed === 0 ? fields : { ...fields, suppressed: said.suppressed }, message);
    return true;
  }
}

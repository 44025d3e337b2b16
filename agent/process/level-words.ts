import { type Level, LEVELS } from '../model/level.ts';
import { AsciiWords } from '../shapes/ascii-words.ts';

/** How programs spell them: as Loki knows them (pkg/distributor/field_detection.go), and the numbers that pino and bunyan write. */
const SPELLINGS: Readonly<Record<Level, readonly string[]>> = {
  trace: ['trace', 'trc', '10'],
  debug: ['debug', 'dbg', '20'],
  info: ['info', 'inf', 'information', '30'],
  warn: ['warn', 'wrn', 'warning', '40'],
  error: ['error', 'err', '50'],
  critical: ['critical'],
  fatal: ['fatal', '60'],
};

export const LEVEL_WORDS: AsciiWords<Level> = new AsciiWords(LEVELS.flatMap((level) => SPELLINGS[level].map((word) => [word, level])));

/** Fields that hold a level: those that Loki looks for by default, in any case. */
export const LEVEL_KEYS: AsciiWords<true> = new AsciiWords(
  ['level', 'lvl', 'severity', 'severity_text', 'SeverityText', 'log.level'].map((key) => [key, true]),
);

import { byteClass } from '../shapes/byte-class.ts';
import { namesException } from './names-exception.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

const HEAD = 1;
const FRAMES = 2;
/** Within the braces behind the frames, where what else the error has is printed. */
const FIELDS = 3;
/** An exception that nobody catches: its place, the line of the program, what points into that, an empty line. */
const PLACE = 4;
const PROGRAM = 5;
const POINTER = 6;
const GAP = 7;
/** The same behind that: HEAD, FRAMES and FIELDS plus 7, and the empty line before the version of Node. */
const UNCAUGHT = 7;
const LAST_GAP = 11;

const DIGITS = byteClass(/\d/);
const [OPENING_BRACE, CLOSING_BRACE, SLASH, CARET] = [123, 125, 47, 94];

/** `Error.stack` of V8, as `console.error` prints it, and as Node does when it ends for it. */
export const nodeTrace: TraceRule = {
  begin(line) {
    if (line.isIndented) return line.begins('at ') ? FRAMES : NO_MORE;
    if (isPlace(line)) return PLACE;
    if (!namesException(line)) return NO_MORE;
    return line.lastByte === OPENING_BRACE ? FIELDS : HEAD;
  },

  goOn(state, line) {
    if (state >= PLACE && state <= GAP) return goOnBefore(state, line);
    if (state === LAST_GAP) return line.begins('Node.js v') ? NO_MORE : NO_STATE;
    const uncaught = state > UNCAUGHT ? UNCAUGHT : 0;
    const next = goOnWithin(state - uncaught, line);
    if (uncaught === 0 || next === NO_STATE) return uncaught > 0 && line.isBlank ? LAST_GAP : next;
    return next === NO_MORE ? UNCAUGHT + FRAMES : UNCAUGHT + next;
  },
};

function goOnBefore(state: number, line: TraceLine): number {
  switch (state) {
    case PLACE:
      return line.isBlank ? NO_STATE : PROGRAM;
    case PROGRAM:
      return line.firstByte === CARET ? POINTER : NO_STATE;
    case POINTER:
      return line.isBlank ? GAP : NO_STATE;
    default:
      return line.isBlank || line.isIndented ? NO_STATE : UNCAUGHT + HEAD;
  }
}

function goOnWithin(state: number, line: TraceLine): number {
  if (state === FIELDS && !line.isIndented) return line.firstByte === CLOSING_BRACE ? NO_MORE : NO_STATE;
  if (line.isIndented) {
    if (state === FIELDS || line.lastByte === OPENING_BRACE) return FIELDS;
    return state === FRAMES || line.begins('at ') ? FRAMES : HEAD;
  }
  return state === HEAD && (line.begins('Require stack:') || line.begins('- /')) ? HEAD : NO_STATE;
}

/** `/app/index.js:3` */
function isPlace(line: TraceLine): boolean {
  if (DIGITS[line.lastByte] !== 1) return false;
  const isPath = line.firstByte === SLASH || line.begins('file:///') || line.begins('node:');
  return isPath && (line.contains('js:') || line.contains('ts:') || line.begins('node:'));
}

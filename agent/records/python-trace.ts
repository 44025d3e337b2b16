import { byteClass } from '../shapes/byte-class.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

const FRAMES = 1;
/** Behind the line of the exception, which stands below the frames. */
const EXCEPTION = 2;
/** Behind the empty line that follows it where another exception comes. */
const GAP = 3;
const BETWEEN = 4;
/** Several exceptions, drawn with bars. */
const GROUP = 5;

const NAME = byteClass(/[\w.]/);
const LETTER = byteClass(/[A-Za-z_]/);
const [COLON, BAR, PLUS] = [58, 124, 43];

/** What the module traceback prints: the frames first, then the exception, then what came of it. */
export const pythonTrace: TraceRule = {
  begin(line) {
    if (beginsGroup(line)) return GROUP;
    if (line.isIndented) return line.begins('File "') && line.contains('", line ') ? FRAMES : NO_MORE;
    return beginsFrames(line) ? FRAMES : NO_MORE;
  },

  goOn(state, line) {
    switch (state) {
      case FRAMES:
        if (line.isIndented) return FRAMES;
        return isException(line) ? EXCEPTION : NO_STATE;
      case EXCEPTION:
        if (line.isBlank) return GAP;
        return line.isIndented ? EXCEPTION : NO_STATE;
      case GAP:
        return linksExceptions(line) ? BETWEEN : NO_STATE;
      case BETWEEN:
        return goOnBetween(line);
      default:
        return line.isBlank ? GAP : isDrawn(line) ? GROUP : NO_STATE;
    }
  },
};

function goOnBetween(line: TraceLine): number {
  if (beginsGroup(line)) return GROUP;
  return line.isBlank ? BETWEEN : beginsFrames(line) ? FRAMES : NO_STATE;
}

function linksExceptions(line: TraceLine): boolean {
  return line.begins('During handling of the above ') || line.begins('The above exception was ');
}

function isDrawn(line: TraceLine): boolean {
  return line.isIndented && (line.firstByte === BAR || line.firstByte === PLUS);
}

function beginsFrames(line: TraceLine): boolean {
  return line.begins('Traceback (most recent call last):');
}

function beginsGroup(line: TraceLine): boolean {
  return line.isIndented && line.begins('+ Exception Group Traceback ');
}

/** `ValueError: why`, or nothing but the name. */
function isException(line: TraceLine): boolean {
  const next = line.byteAt(line.span(0, NAME));
  return LETTER[line.firstByte] === 1 && (next === COLON || next === -1);
}

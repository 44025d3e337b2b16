import { byteClass } from '../shapes/byte-class.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

/** Behind the place and text of an exception that nobody rescues. */
const HEAD = 1;
const FRAMES = 2;
/** The line of the program and what points into it, as error_highlight shows them. */
const PROGRAM = 3;
const POINTER = 4;
/** Behind `Error (text):` or `text (Error)`, as Rails and loggers write it: frames are lines with a place. */
const LOGGED = 5;
const THREAD = 6;

const WORD = byteClass(/\S/);
const [CARET, SPACE] = [94, 32];

/** Ruby's own report of an exception, and the ones of Rails and Logger. */
export const rubyTrace: TraceRule = {
  begin(line) {
    if (line.isIndented) return line.begins('from ') && isPlace(line) ? FRAMES : line.contains('.rb:') && isPlace(line) ? LOGGED : NO_MORE;
    if (line.isBlank) return NO_MORE;
    if (beginsWithPlace(line)) return HEAD;
    if (line.begins('#<Thread:') && line.contains(' terminated with exception')) return THREAD;
    return namesError(line) ? LOGGED : NO_MORE;
  },

  goOn(state, line) {
    switch (state) {
      case PROGRAM:
        return line.isBlank ? NO_STATE : POINTER;
      case POINTER:
        return line.isIndented && line.firstByte === CARET ? HEAD : NO_STATE;
      case THREAD:
        return beginsWithPlace(line) ? HEAD : NO_STATE;
      case LOGGED:
        return line.isBlank || line.isIndented || isPlace(line) || line.begins('Caused by:') ? LOGGED : NO_STATE;
      default:
        return goOnFrames(state, line);
    }
  },
};

function goOnFrames(state: number, line: TraceLine): number {
  if (line.isIndented) return line.begins('from ') ? FRAMES : state;
  if (line.isBlank) return state === HEAD ? PROGRAM : NO_STATE;
  return beginsWithPlace(line) || line.begins('Did you mean?') ? HEAD : NO_STATE;
}

/** ``app.rb:3:in `call'``, since Ruby 3.4 `app.rb:3:in 'App#call'` */
function isPlace(line: TraceLine): boolean {
  return line.contains(':in `') || line.contains(":in '");
}

function beginsWithPlace(line: TraceLine): boolean {
  const word = line.span(0, WORD);
  const isIn =
    line.byteAt(word) === SPACE && line.byteAt(word - 1) === 110 && line.byteAt(word - 2) === 105 && line.byteAt(word - 3) === 58;
  return isIn && isPlace(line);
}

/** `NoMethodError (undefined method):`, `why (ArgumentError)` */
function namesError(line: TraceLine): boolean {
  return line.ends('Error)') || line.ends('Exception)') || (line.ends('):') && line.contains('Error ('));
}

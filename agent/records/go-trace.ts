import { byteClass } from '../shapes/byte-class.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

const PANIC = 1;
const FRAMES = 2;
/** Behind the empty line before the next goroutine. */
const GAP = 3;
const REGISTERS = 4;

/** What the runtime says first; goroutines follow. */
const FATAL = [
  'panic: ',
  'fatal error: ',
  'unexpected fault address ',
  'runtime: goroutine stack exceeds ',
  '[signal ',
  'SIGQUIT: ',
  'SIGABRT: ',
  'SIGSEGV: ',
];
const LETTER = byteClass(/[A-Za-z_]/);
const NAME = byteClass(/\w/);
const BEFORE_PARENTHESIS = byteClass(/[^\s(]/);
const SPACES = byteClass(/ /);
const [TAB_INDENT, OPENING, CLOSING] = [1, 40, 41];

/** What Go prints when it panics, is told to quit, or is asked for its stacks. */
export const goTrace: TraceRule = {
  begin(line) {
    if (line.isIndented) return line.indent === TAB_INDENT && line.contains('.go:') ? FRAMES : NO_MORE;
    if (beginsGoroutine(line)) return FRAMES;
    return isFatal(line) || line.mentionsPanic ? PANIC : NO_MORE;
  },

  goOn(state, line) {
    if (beginsGoroutine(line)) return FRAMES;
    if (line.isBlank) return state === GAP ? NO_STATE : GAP;
    if (line.begins('exit status ')) return NO_MORE;
    switch (state) {
      case PANIC:
        return line.isIndented || isFatal(line) || line.begins('PC=') ? PANIC : NO_STATE;
      case FRAMES:
        return line.isIndented || isFrame(line) ? FRAMES : NO_STATE;
      case GAP:
        return isFatal(line) ? PANIC : isRegister(line) ? REGISTERS : NO_STATE;
      default:
        return isRegister(line) ? REGISTERS : NO_STATE;
    }
  },
};

function isFatal(line: TraceLine): boolean {
  return FATAL.some((text) => line.begins(text));
}

function beginsGoroutine(line: TraceLine): boolean {
  return !line.isIndented && ((line.begins('goroutine ') && line.ends(']:')) || line.begins('runtime stack:'));
}

/** `main.(*Server).handle(0x1)`, `created by main.main in goroutine 1` */
function isFrame(line: TraceLine): boolean {
  if (line.begins('created by ') || line.begins('...')) return true;
  const isCall = line.byteAt(line.span(0, BEFORE_PARENTHESIS)) === OPENING;
  return isCall && LETTER[line.firstByte] === 1 && line.lastByte === CLOSING;
}

/** `rip    0x45c1a0` */
function isRegister(line: TraceLine): boolean {
  const name = line.span(0, NAME);
  const spaces = line.span(name, SPACES);
  return name > 0 && name < 8 && spaces > 0 && line.byteAt(name + spaces) === 48 && line.byteAt(name + spaces + 1) === 120;
}

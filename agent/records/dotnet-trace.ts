import { namesException } from './names-exception.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

const HEAD = 1;
const FRAMES = 2;
/** Behind the level and category that the console logger writes on a line of their own. */
const CATEGORY = 3;

const LEVELS = ['info: ', 'warn: ', 'fail: ', 'crit: ', 'dbug: ', 'trce: '];
/** What exceptions say of themselves on lines of their own. */
const DETAILS = ['Object name: ', 'File name: ', 'Parameter name: ', 'Actual value was '];
/** The console logger's messages stand behind as many spaces. */
const MESSAGE_INDENT = 6;
const CLOSING_BRACKET = 93;

/** `Exception.ToString` of .NET, and what Microsoft.Extensions.Logging.Console writes, with a trace or without. */
export const dotnetTrace: TraceRule = {
  begin(line) {
    if (line.isIndented) return line.begins('at ') || line.begins('--- End of ') ? FRAMES : line.begins('---> ') ? HEAD : NO_MORE;
    if (line.lastByte === CLOSING_BRACKET && LEVELS.some((level) => line.begins(level))) return CATEGORY;
    return line.begins('Unhandled exception. ') || namesException(line) ? HEAD : NO_MORE;
  },

  goOn(state, line) {
    if (state === CATEGORY) return line.indent >= MESSAGE_INDENT ? CATEGORY : NO_STATE;
    if (line.begins('---> ')) return HEAD;
    if (line.begins('--- End of ')) return FRAMES;
    if (!line.isIndented) return state === HEAD && DETAILS.some((detail) => line.begins(detail)) ? HEAD : NO_STATE;
    return state === FRAMES || isFrame(line) ? FRAMES : HEAD;
  },
};

function isFrame(line: TraceLine): boolean {
  return line.begins('at ');
}

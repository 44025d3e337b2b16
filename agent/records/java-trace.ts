import { namesException } from './names-exception.ts';
import type { TraceLine } from './trace-line.ts';
import { NO_MORE, NO_STATE, type TraceRule } from './trace-rule.ts';

/** Behind the line that names the exception, whose text may go on. */
const HEAD = 1;
const FRAMES = 2;

/** Lines of Reactor's traces that stand at the left. */
const REACTOR = ['Error has been observed at ', 'Assembly trace from ', 'Original Stack Trace:'];

/** `Throwable.printStackTrace`, as loggers write it too: frames begin with a tab and `at`, then come causes with frames of their own. */
export const javaTrace: TraceRule = {
  begin(line) {
    if (line.isIndented) return isFrame(line) ? FRAMES : namesCause(line) ? HEAD : NO_MORE;
    return namesCause(line) || line.begins('Exception in thread "') || namesException(line) ? HEAD : NO_MORE;
  },

  goOn(state, line) {
    if (namesCause(line)) return HEAD;
    if (line.isIndented) return state === FRAMES || isFrame(line) ? FRAMES : HEAD;
    if (state !== HEAD) return NO_STATE;
    return line.isBlank || line.begins('nested exception is:') || REACTOR.some((text) => line.begins(text)) ? HEAD : NO_STATE;
  },
};

function isFrame(line: TraceLine): boolean {
  return line.begins('at ') || (line.begins('... ') && (line.ends(' more') || line.ends(' common frames omitted')));
}

function namesCause(line: TraceLine): boolean {
  return line.begins('Caused by: ') || line.begins('Suppressed: ');
}

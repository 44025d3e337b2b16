import { CHANNEL_NAMES, STDERR, STDOUT, type RecordView } from '../model/record.ts';
import { decodeTimestamp } from './cri.ts';
import { unescape } from './json-text.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_N = 110;
const CLOSING_BRACE = 125;
const PREFIX = Buffer.from('{"log":"');
const STDOUT_MEMBER = Buffer.from('","stream":"stdout"');
const STDERR_MEMBER = Buffer.from('","stream":"stderr"');
const TIME_KEY = Buffer.from(',"time":"');

function startsWith(b: Buffer, at: number, end: number, wanted: Buffer): boolean {
  if (at + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i += 1) if (b[at + i] !== wanted[i]) return false;
  return true;
}

/** Fills channel and time from what stands behind the text: `","stream":"stdout","attrs":{...},"time":"..."}`, mostly without `attrs`. */
function decodeTail(b: Buffer, at: number, end: number, view: RecordView): boolean {
  if (startsWith(b, at, end, STDOUT_MEMBER)) view.channel = STDOUT;
  else if (startsWith(b, at, end, STDERR_MEMBER)) view.channel = STDERR;
  else return false;
  const afterStream = at + STDOUT_MEMBER.length;
  const time = startsWith(b, afterStream, end, TIME_KEY) ? afterStream : b.lastIndexOf(TIME_KEY, end - 1);
  if (time < afterStream) return false;
  const afterTime = decodeTimestamp(b, time + TIME_KEY.length, view);
  return afterTime !== -1 && afterTime + 2 === end && b[afterTime] === QUOTE && b[afterTime + 1] === CLOSING_BRACE;
}

/** Any other shape that is still JSON: keys in another order, an absent `log`. */
function decodeGeneral(b: Buffer, start: number, end: number, view: RecordView): boolean {
  let value: unknown;
  try {
    value = JSON.parse(b.toString('utf8', start, end));
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null) return false;
  const { log = '', stream, time } = value as { log?: unknown; stream?: unknown; time?: unknown };
  if (typeof log !== 'string' || typeof time !== 'string' || typeof stream !== 'string') return false;
  const channel = CHANNEL_NAMES.indexOf(stream);
  const timeBytes = Buffer.from(time);
  if (channel === -1 || decodeTimestamp(timeBytes, 0, view) !== timeBytes.length) return false;
  view.channel = channel === 0 ? STDOUT : STDERR;
  view.partial = !log.endsWith('\n');
  view.buffer = Buffer.from(view.partial ? log : log.slice(0, -1));
  view.start = 0;
  view.end = view.buffer.length;
  return true;
}

/** The order of keys that Docker writes. A text whose only escape is its final `\n` is handed on without a copy. */
function decodeUsual(b: Buffer, start: number, end: number, view: RecordView): boolean {
  if (!startsWith(b, start, end, PREFIX)) return false;
  view.buffer = b;
  view.start = start + PREFIX.length;
  view.end = end;
  const slash = b.indexOf(BACKSLASH, view.start);
  const quote = b.indexOf(QUOTE, view.start);
  view.partial = slash === -1 || slash > quote;
  if (view.partial) view.end = quote;
  else if (slash === quote - 2 && b[quote - 1] === LOWER_N) view.end = slash;
  else return decodeTail(b, unescape(view, end - start), end, view);
  return decodeTail(b, quote, end, view);
}

/**
 * Decodes one record of Docker's json-file driver from `b[start, end)`, behind which there is its LF or nothing, into `view`; false,
 * with `view` in no particular state, for anything else. `{"log":"text\n","stream":"stdout","attrs":{...},"time":"..."}` in this order is what Docker writes, and
 * a text without its final LF is a part (moby daemon/logger/jsonfilelog/jsonlog, daemon/logger/copier.go).
 */
export function decodeDockerJson(b: Buffer, start: number, end: number, view: RecordView): boolean {
  view.metadata = null;
  return decodeUsual(b, start, end, view) || decodeGeneral(b, start, end, view);
}

/** Where the text begins in a record that `decodeDockerJson` took, or -1 when its keys are in another order; fills `view` alike. */
export function dockerTextStart(b: Buffer, start: number, end: number, view: RecordView): number {
  return decodeUsual(b, start, end, view) ? start + PREFIX.length : -1;
}

/**
 * Decodes up to `limit` bytes of a text too long for one entry: the view's content reaches from its start, or any place in it that
 * this function returned, to the end of the record. Returns where the text goes on, or -1 when this was the rest of it.
 * It never returns where it began, even if the bytes there are not those of that record any more.
 */
export function decodeDockerText(view: RecordView, limit: number): number {
  const { buffer, start, end } = view;
  const stop = unescape(view, limit);
  return stop === start || stop === end || buffer[stop] === QUOTE ? -1 : stop;
}

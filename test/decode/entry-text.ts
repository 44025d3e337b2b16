import { decodeFiles, type Entry, type FeedOptions } from './log-feed.ts';

/** Begins of records, up to the space before their content. All are of noon, 2024-05-01T12:00:00Z. */
export const P = '2024-05-01T12:00:00Z stdout P';
export const F = '2024-05-01T12:00:00Z stdout F';
export const ERR_P = '2024-05-01T12:00:00Z stderr P';
export const ERR_F = '2024-05-01T12:00:00Z stderr F';

export const NOON = 1_714_564_800;

/** `<o or e> <seconds after noon> <content>`, and what metadata there is, after bars. */
export function entryText({ channel, content, seconds, nanos, metadata }: Entry): string {
  const time = `${seconds - NOON}.${String(nanos).padStart(9, '0')}`;
  return [`${'oe'[channel]} ${time} ${content.toString()}`, ...(metadata ?? []).map((pair) => pair.join('='))].join(' | ');
}

/** The entries of files that are given by their lines; a line that ends in a backslash has no LF. */
export function decodeLines(files: readonly (readonly string[])[], options: FeedOptions = {}): string[] {
  const contents = files.map((lines) => Buffer.from(lines.map((line) => (line.endsWith('\\') ? line.slice(0, -1) : `${line}\n`)).join('')));
  return decodeFiles(contents, options).map(entryText);
}

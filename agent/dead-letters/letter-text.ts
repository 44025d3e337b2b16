import type { GoodLine } from '../deliver/read-letters.ts';
import { letterTime, type WrittenLetter } from '../deliver/letter-line.ts';
import { rfc3339Nano } from '../runtime/civil-time.ts';
import { terminalBytes, terminalText } from '../runtime/terminal-text.ts';

/** A letter for people, safe on any terminal; ends with an empty line. */
export function letterText(output: string, { letter, lineNumber }: GoodLine): string {
  const rows: [name: string, value: string][] = [
    ['refused', `${letter.writtenAt}: ${letter.detail}`],
    ['source', originOf(letter)],
    ['tenant', letter.tenant ?? ''],
    ['stream', letter.labels],
    ['time', rfc3339Nano(letterTime(letter))],
    ['metadata', letter.metadata.map(([name, value]) => `${name}=${value}`).join(', ')],
  ];
  const known = rows.filter(([, value]) => value !== '').map(([name, value]) => rowText(name, terminalText(value)));
  return `${output} letter ${lineNumber}, ${letter.reason}\n${known.join('')}${rowText('line', terminalBytes(letter.line))}\n`;
}

/** A letter for programs: the line as it stands in the file, with the output's name before all else. */
export function letterJson(output: string, { raw }: GoodLine): string {
  return `{"output":${JSON.stringify(output)},${raw.toString('utf8').trimStart().slice(1)}\n`;
}

function originOf({ source, file, offset }: WrittenLetter): string {
  return source === '' ? '' : `${source}, byte ${offset} of ${file}`;
}

function rowText(name: string, value: string): string {
  return `  ${name.padEnd(10)}${value}`.trimEnd().concat('\n');
}

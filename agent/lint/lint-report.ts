import { terminalText } from '../runtime/terminal-text.ts';
import type { FoundShare, LogLint } from './log-lint.ts';

/** One container with what was found in its lines. */
export interface LintedLog {
  /** `namespace/pod/container`, or the path of a file that is no container's. */
  readonly name: string;
  readonly lint: LogLint;
}

/** For people: the containers with findings, those with the most bytes first, and how many have none. */
export function lintText(logs: readonly LintedLog[]): string {
  const found = logs.filter(({ lint }) => lint.findings.length > 0).sort((a, b) => b.lint.bytes - a.lint.bytes);
  const lines = found.map(({ name, lint }) => `${headOf(name, lint)}${lint.findings.map(findingText).join('')}`);
  return `${lines.join('\n')}${lines.length > 0 ? '\n' : ''}${logs.length - found.length} of ${logs.length} containers have nothing to mend\n`;
}

function headOf(name: string, { lines, bytes, forms }: LogLint): string {
  const shares = [...forms].map(([form, share]) => `${form} ${percent(share)}`).join(', ');
  return `${terminalText(name)}: ${lines} lines, ${bytes} bytes: ${shares}\n`;
}

function findingText({ finding, share, example, detail }: FoundShare): string {
  const kinds = detail === '' ? '' : ` (${detail})`;
  return `  ${finding}${kinds}, ${percent(share)}: ${ADVICE[finding]}\n    ${terminalText(example)}\n`;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

/** What to do about each. */
const ADVICE: Readonly<Record<FoundShare['finding'], string>> = {
  unparsable: 'begins like JSON and is none, so no query can take it apart; write one whole object a line',
  no_level: 'says no level, so it cannot be found by one; write level in JSON or logfmt, or a word like ERROR',
  no_time: 'says no time, so only that of the runtime is known; write time in RFC 3339',
  mixed_forms: 'is written in several forms, so one parser is not enough; let all of the program log by one library',
  secrets: 'holds what may let someone in or tell who someone is; keep it out of the log, and redact until then',
  split_records: 'goes on the line before, and is an entry of its own; log on one line, or configure multiline',
  terminal_codes: 'holds colours of a terminal; switch them off, as NO_COLOR=1 does for many programs, or configure decolorize',
};

/** For programs. */
export function lintJson(logs: readonly LintedLog[]): string {
  const containers = logs.map(({ name, lint: { lines, bytes, forms, findings } }) => ({
    name,
    lines,
    bytes,
    forms: Object.fromEntries(forms),
    findings,
  }));
  return `${JSON.stringify({ containers }, null, 2)}\n`;
}

import { rfc3339Seconds } from '../../runtime/clock.ts';
import { LABELS, labelPairs } from './stream-names.ts';

export type ProblemKind =
  | 'bad_labels'
  | 'too_old'
  | 'too_far_in_future'
  | 'line_too_long'
  | 'metadata_disallowed'
  | 'metadata_too_large'
  | 'metadata_too_many';

/** One thing that Loki's distributor finds wrong with entries of one stream, and with how many of them. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The stream as Loki names it. */
  readonly labels: string;
  /** What each of the entries has: seconds since 1970, bytes, a number of names; 0 where the sentence has none. Likewise the limit. */
  readonly value: number;
  readonly limit: number;
  readonly count: number;
  readonly sentence: string;
}

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`;
const ENTRY_FOR = `entry for stream '${LABELS}' has`;
const STREAM = `stream '${LABELS}'`;

/** loki pkg/validation/validate.go. Older versions begin some of them with a capital, or end some with a full stop. */
const SENTENCES: readonly (readonly [ProblemKind, RegExp])[] = [
  ['too_old', sentence(`${ENTRY_FOR} timestamp too old: (?<value>${TIME}), oldest acceptable timestamp is: (?<limit>${TIME})`)],
  ['too_far_in_future', sentence(`${ENTRY_FOR} timestamp too new: (?<value>${TIME})`)],
  [
    'line_too_long',
    sentence(
      String.raw`max entry size '(?<limit>\d+)' bytes exceeded for ${STREAM} while adding an entry with length '(?<value>\d+)' bytes`,
    ),
  ],
  ['metadata_disallowed', sentence(`${STREAM} includes structured metadata, but this feature is disallowed. ${advice('enable')}`)],
  [
    'metadata_too_large',
    sentence(
      String.raw`${STREAM} has structured metadata too large: '(?<value>\d+)' bytes, limit: '(?<limit>\d+)' bytes. ${advice('increase')}`,
    ),
  ],
  [
    'metadata_too_many',
    sentence(String.raw`${STREAM} has too many structured metadata labels: '(?<value>\d+)', limit: '(?<limit>\d+)'. ${advice('increase')}`),
  ],
  ['bad_labels', sentence(String.raw`${ENTRY_FOR} \d+ label names; limit \d+`)],
  ['bad_labels', sentence(`${STREAM} has (?:label name too long|label value too long|duplicate label name): '(?<culprit>.*?)'`)],
  ['bad_labels', sentence(String.raw`missing required labels '[^']*' for user '[^']*' for ${STREAM} \(policy: '[^']*'\)`)],
];

function advice(what: string): string {
  return String.raw`Please see ${'`'}limits_config\.\w+${'`'} or contact your Loki administrator to ${what} it\.?`;
}

/** Several sentences are counted and in no order, a single one stands alone (pkg/util/errors.go GroupedErrors). */
function sentence(source: string): RegExp {
  return new RegExp(String.raw`(?:(?:; )?(?<count>\d+) errors like: )?(?<sentence>${source})(?=; \d+ errors like: |\n$)`, 'isy');
}

/** Reads the answer with which a distributor refuses entries; null for any other text, and for one without its end. */
export function readProblems(text: string): Problem[] | null {
  const problems: Problem[] = [];
  let at = 0;
  while (at < text.length - 1) {
    const found = problemAt(text, at);
    if (found === null) return null;
    problems.push(found.problem);
    at = found.end;
  }
  return problems.length === 0 ? null : problems;
}

function problemAt(text: string, at: number): { problem: Problem; end: number } | null {
  for (const [kind, pattern] of SENTENCES) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return isForged(groups) ? null : { problem: problemOf(kind, groups), end: pattern.lastIndex };
  }
  return null;
}

/** Names and values of labels are quoted raw, so that one might pretend to end there, and to be followed by other sentences. */
function isForged({ labels, culprit }: Record<string, string | undefined>): boolean {
  const pairs = labelPairs(labels ?? '') ?? [];
  return culprit !== undefined && !pairs.some((pair) => pair.includes(culprit));
}

function problemOf(kind: ProblemKind, groups: Record<string, string | undefined>): Problem {
  const { labels = '', value, limit, count = '1', sentence = '' } = groups;
  return { kind, labels, value: numberIn(value), limit: numberIn(limit), count: Number(count), sentence };
}

function numberIn(text = '0'): number {
  return text.includes(':') ? rfc3339Seconds(text) : Number(text);
}

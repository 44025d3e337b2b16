import { byteClass } from '../shapes/byte-class.ts';
import { findAwsAccessKey } from '../shapes/find-aws-access-key.ts';
import { findBearer } from '../shapes/find-bearer.ts';
import { findJwt } from '../shapes/find-jwt.ts';
import { findPrivateKey } from '../shapes/find-private-key.ts';
import type { FindShape, Match } from '../shapes/find-shape.ts';
import { RunFinder } from '../shapes/run-finder.ts';

/** What in a text is masked; the name stands in its place. */
export const TEXT_MASKS = ['jwt', 'bearer', 'aws_access_key', 'private_key', 'url_password', 'assigned', 'base64', 'object'] as const;
export type TextMask = (typeof TEXT_MASKS)[number];

const FINDERS: readonly (readonly [TextMask, FindShape])[] = [
  ['jwt', findJwt],
  ['bearer', findBearer],
  ['aws_access_key', findAwsAccessKey],
  ['private_key', findPrivateKey],
];
/** What names of secrets look like, in flags, parameters and fields. */
export const SECRET_NAME: string = String.raw`passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|key[_-]?data|credentials?`;
/** With texts of which one has to be there. Each repetition is bounded, so that the search takes linear time. */
const PATTERNS: readonly (readonly [TextMask, RegExp, signs: readonly string[]])[] = [
  ['url_password', /(?<=:\/\/[^\s/:@"'\\]{0,64}:)(?!\[redacted:)[^\s/@"'\\]{1,128}(?=@)/g, ['://']],
  // An argument is all of its text: what would end a parameter is part of its value.
  ['assigned', new RegExp(String.raw`^(-{1,2}[\w.-]{0,64}(?:${SECRET_NAME})[\w.-]{0,32}=)(?!\[redacted:)[^]+$`, 'gi'), ['=']],
  ['assigned', new RegExp(String.raw`((?:${SECRET_NAME})[\w.-]{0,32}(?:=|%3[Dd]))(?!\[redacted:)[^\s&;,"'\\]+`, 'gi'), ['=', '%3']],
];
/** What is shorter holds no secret that is told by its form. */
const SHORTEST = 5;
const RUN_BYTES = 24;
const RUNS = new RunFinder(byteClass(/[A-Za-z0-9+/_-]/), RUN_BYTES);
const PADDING = 61;
/** A kubeconfig in base64 has its key in base64 once more. */
const MOST_ENCODINGS = 2;
/** A manifest in YAML, or in JSON that is not whole. */
const MANIFEST = /(?:^|[{,])[ \t]{0,8}["']?kind["']?[ \t]{0,8}:[ \t]{0,8}["']?(?:Secret|ConfigMap|TokenReview|TokenRequest)(?:List)?\b/m;
const IS_SECRET_NAME = new RegExp(`(?:${SECRET_NAME})$`, 'i');

/** Whether a field, a flag or an environment variable is named like a secret. */
export function isSecretName(name: string): boolean {
  return IS_SECRET_NAME.test(name);
}

/** A text without the secrets that are told by their form; `masked` is told of each. Null: there are none. */
export function maskText(text: string, masked: (mask: TextMask) => void): string | null {
  const result = mask(text, masked, 0);
  return result === text ? null : result;
}

function mask(text: string, masked: (mask: TextMask) => void, encodings: number): string {
  if (text.length < SHORTEST) return text;
  if (text.includes('kind') && MANIFEST.test(text)) {
    masked('object');
    return placeholder('object');
  }
  return maskBase64(maskPatterns(maskShapes(text, masked), masked), masked, encodings);
}

function maskShapes(text: string, masked: (mask: TextMask) => void): string {
  // Between quotes, a text of one full line of base64 is not taken for a line of a key.
  let line: Buffer = Buffer.from(`"${text}"`);
  const match: Match = { start: 0, end: 1 };
  let found = false;
  for (const [name, find] of FINDERS) {
    if (!find(line, 1, match)) continue;
    found = true;
    line = replaceShapes(line, match, () => (masked(name), find(line, match.end, match)), placeholder(name));
  }
  return found ? line.toString('utf8', 1, line.length - 1) : text;
}

/** Replaces the match and those that `next` finds behind it. */
function replaceShapes(line: Buffer, match: Match, next: () => boolean, text: string): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  do {
    parts.push(line.subarray(from, match.start), Buffer.from(text));
    // A key without an end goes to the end of the text, which is not that of the quotes.
    match.end = Math.min(match.end, line.length - 1);
    from = match.end;
  } while (next());
  return Buffer.concat([...parts, line.subarray(from)]);
}

function maskPatterns(text: string, masked: (mask: TextMask) => void): string {
  let result = text;
  for (const [name, pattern, sign] of PATTERNS) {
    if (!sign.some((part) => result.includes(part))) continue;
    result = result.replace(pattern, (_, kept: unknown) => {
      masked(name);
      return `${typeof kept === 'string' ? kept : ''}${placeholder(name)}`;
    });
  }
  return result;
}

/** Texts that are encoded: each run of base64's characters is decoded and looked through, to a bounded depth. */
function maskBase64(text: string, masked: (mask: TextMask) => void, encodings: number): string {
  if (encodings === MOST_ENCODINGS || text.length < RUN_BYTES) return text;
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  let from = 0;
  for (let start = RUNS.next(bytes, 0), end = 0; start !== -1; start = RUNS.next(bytes, end)) {
    end = RUNS.endOf(bytes, start);
    if (!holdsSecret(bytes.toString('latin1', start, end), encodings + 1)) continue;
    masked('base64');
    while (bytes[end] === PADDING) end += 1;
    parts.push(bytes.toString('utf8', from, start), placeholder('base64'));
    from = end;
  }
  return from === 0 ? text : `${parts.join('')}${bytes.toString('utf8', from)}`;
}

/** Of the four places where a group of base64 may begin, the one that does is not known when something stands before. */
function holdsSecret(run: string, encodings: number): boolean {
  if (!/[A-Z]/.test(run)) return false;
  return [0, 1, 2, 3].some((skipped) => {
    const decoded = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
    return mask(decoded, () => undefined, encodings) !== decoded;
  });
}

/** What stands in place of a secret. */
export function placeholder(name: string): string {
  return `[redacted:${name}]`;
}

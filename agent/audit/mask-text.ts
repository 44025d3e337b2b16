import type { FindShape, Match } from '../shapes/find-shape.ts';
import { findAwsAccessKey } from '../shapes/find-aws-access-key.ts';
import { findBearer } from '../shapes/find-bearer.ts';
import { findJwt } from '../shapes/find-jwt.ts';
import { findPrivateKey } from '../shapes/find-private-key.ts';

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
const SECRET_NAME = String.raw`passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|key[_-]?data|credentials?`;
/** Each repetition is bounded, so that the search takes linear time. */
const PATTERNS: readonly (readonly [TextMask, RegExp])[] = [
  ['url_password', /(?<=:\/\/[^\s/:@"'\\]{0,64}:)(?!\[redacted:)[^\s/@"'\\]{1,128}(?=@)/g],
  ['assigned', new RegExp(String.raw`((?:${SECRET_NAME})[\w.-]{0,32}(?:=|%3[Dd]))(?!\[redacted:)[^\s&;,"'\\]+`, 'gi')],
];
const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
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
  if (MANIFEST.test(text)) {
    masked('object');
    return placeholder('object');
  }
  let result = text;
  for (const [name, find] of FINDERS) result = maskShape(result, name, find, masked);
  for (const [name, pattern] of PATTERNS) {
    result = result.replace(pattern, (_, kept: unknown) => {
      masked(name);
      return `${typeof kept === 'string' ? kept : ''}${placeholder(name)}`;
    });
  }
  if (encodings === MOST_ENCODINGS) return result;
  return result.replace(BASE64_RUN, (run) => {
    if (!holdsSecret(run, encodings + 1)) return run;
    masked('base64');
    return placeholder('base64');
  });
}

/** Of the four places where a group of base64 may begin, the one that does is not known when something stands before. */
function holdsSecret(run: string, encodings: number): boolean {
  if (!/[A-Z]/.test(run)) return false;
  return [0, 1, 2, 3].some((skipped) => {
    const decoded = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
    return mask(decoded, () => undefined, encodings) !== decoded;
  });
}

function maskShape(text: string, name: TextMask, find: FindShape, masked: (mask: TextMask) => void): string {
  // Between quotes, a text of one full line of base64 is not taken for a line of a key.
  const line = Buffer.from(`"${text}"`);
  const match: Match = { start: 0, end: 1 };
  const parts: string[] = [];
  let from = 1;
  while (find(line, from, match)) {
    masked(name);
    parts.push(line.toString('utf8', from, match.start), placeholder(name));
    from = Math.min(match.end, line.length - 1);
  }
  return from === 1 ? text : `${parts.join('')}${line.toString('utf8', from, line.length - 1)}`;
}

/** What stands in place of a secret. */
export function placeholder(name: string): string {
  return `[redacted:${name}]`;
}

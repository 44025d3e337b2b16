import { goJson } from './go-json.ts';
import { JsonTape } from './json-tape.ts';
import { isSecretName, maskText, placeholder, TEXT_MASKS, type TextMask } from './mask-text.ts';

/** What is masked in JSON: by its form in a text, or by its name or place. */
export type Mask = TextMask | 'last_applied' | 'named' | 'environment';
export const MASKS: readonly Mask[] = [...TEXT_MASKS, 'last_applied', 'named', 'environment'];

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** HTTP headers and parameters are objects of a name and a value, as environment variables are, which are masked whatever their name. */
const SECRET_VARIABLE = /pass|pwd|token|secret|credential|key|private|auth/i;
/** What an object has that only refers to another. */
const REFERENCE_KEYS: ReadonlySet<string> = new Set(
  'kind apiVersion apiGroup group version name namespace uid resourceVersion fieldPath controller blockOwnerDeletion key optional'.split(
    ' ',
  ),
);
/** Of a JSON patch (RFC 6901), where `~1` is a slash. */
const PATCHED_VARIABLE = /\/env\/\d+\/value$/;
/** Texts in JSON that hold JSON that holds texts. */
const MOST_EMBEDDINGS = 3;

/** JSON as it may leave; `credential`: it must not, since it holds an object of that kind. */
export type Redacted = { readonly kind: 'clean'; readonly value: Buffer } | { readonly kind: 'credential'; readonly of: string };

export interface RedactParts {
  /** Names of resources whose objects hold credentials. */
  readonly resources: ReadonlySet<string>;
  /** Is told of each value that is masked. */
  readonly masked: (mask: Mask) => void;
  /** Leaves `metadata.managedFields` out. */
  readonly omitManagedFields: boolean;
}

/** Masks secrets in a value that is known to be JSON, and leaves all other bytes as they are. */
export function redactJson(value: Buffer, parts: RedactParts): Redacted {
  return new BodyRedactor(parts, 0).redact(value);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An object's members, by the places of key and value on the tape. */
type Members = readonly { readonly key: string; readonly keyNode: number; readonly node: number }[];

class BodyRedactor {
  readonly #parts: RedactParts;
  readonly #embeddings: number;
  #tape!: JsonTape;
  /** In the order of their places. */
  #edits: Edit[] = [];
  #credential: string | null = null;

  constructor(parts: RedactParts, embeddings: number) {
    this.#parts = parts;
    this.#embeddings = embeddings;
  }

  redact(value: Buffer): Redacted {
    const tape = JsonTape.of(value);
    if (tape === null) return { kind: 'credential', of: 'unknown' };
    this.#tape = tape;
    this.#walk(0, '');
    if (this.#credential !== null) return { kind: 'credential', of: this.#credential };
    return { kind: 'clean', value: this.#edits.length === 0 ? value : applyEdits(value, this.#edits) };
  }

  #walk(node: number, key: string): void {
    const kind = this.#tape.kind(node);
    if (kind === 'object') this.#walkObject(node, key);
    else if (kind === 'array') this.#walkArray(node, key);
    else if (kind === 'string') this.#maskString(node);
  }

  /** Items are known by the key of their list. */
  #walkArray(node: number, key: string): void {
    let isFlag = false;
    for (const item of this.#tape.children(node)) {
      const isText = this.#tape.kind(item) === 'string';
      if (isFlag && isText) this.#replace(item, 'named');
      else this.#walk(item, key);
      const text = isText && this.#tape.end(item) - this.#tape.start(item) < 100 ? this.#tape.text(item) : '';
      isFlag = text.startsWith('-') && isSecretName(text);
    }
  }

  #walkObject(node: number, ownKey: string): void {
    const members = this.#membersOf(node);
    this.#credential ??= this.#credentialKind(members);
    const secretValue = this.#secretValue(members, ownKey);
    let keptAny = false;
    let behind = this.#tape.start(node) + 1;
    for (const [index, { key, keyNode, node: value }] of members.entries()) {
      if (this.#parts.omitManagedFields && key === 'managedFields' && ownKey === 'metadata') {
        const next = members[index + 1];
        const end = keptAny || next === undefined ? this.#tape.end(value) : this.#tape.start(next.keyNode);
        this.#edits.push({ start: keptAny ? behind : this.#tape.start(keyNode), end, text: '' });
      } else {
        keptAny = true;
        this.#maskMember(key, keyNode, value, key === 'value' ? secretValue : null);
      }
      behind = this.#tape.end(value);
    }
  }

  #maskMember(key: string, keyNode: number, value: number, secretValue: 'scalar' | 'any' | null): void {
    const isContainer = ['object', 'array'].includes(this.#tape.kind(value));
    this.#maskString(keyNode);
    if (key === LAST_APPLIED) this.#replace(value, 'last_applied');
    else if (secretValue === 'any' || (secretValue === 'scalar' && !isContainer)) this.#replace(value, 'environment');
    else if (this.#tape.kind(value) === 'string' && isSecretName(key)) this.#replace(value, 'named');
    else this.#walk(value, key);
  }

  #membersOf(node: number): Members {
    const members: { key: string; keyNode: number; node: number }[] = [];
    let keyNode = -1;
    for (const child of this.#tape.children(node)) {
      if (keyNode === -1) keyNode = child;
      else {
        members.push({ key: this.#tape.text(keyNode), keyNode, node: child });
        keyNode = -1;
      }
    }
    return members;
  }

  /** The kind of an object that holds credentials, and is not only a reference to one. */
  #credentialKind(members: Members): string | null {
    const kinds = this.#texts(members, 'kind').filter((kind) => isCredentialKind(kind, this.#parts.resources));
    if (kinds.length === 0 || members.every(({ key }) => REFERENCE_KEYS.has(key))) return null;
    return kinds[0]!;
  }

  /** Whether the `value` of an object is a secret because of the name or the path beside it, or since it is that of an environment variable. */
  #secretValue(members: Members, ownKey: string): 'scalar' | 'any' | null {
    if (!members.some(({ key }) => key === 'value')) return null;
    const paths = this.#texts(members, 'path').map((path) => path.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (paths.some((path) => path.endsWith(LAST_APPLIED) || PATCHED_VARIABLE.test(path) || isSecretName(path))) return 'any';
    if (ownKey === 'env') return 'scalar';
    return this.#texts(members, 'name').some((name) => SECRET_VARIABLE.test(name)) ? 'scalar' : null;
  }

  /** Texts under a key, in whatever case: Go's decoder does not tell cases apart. */
  #texts(members: Members, name: string): string[] {
    return members
      .filter(({ key, node }) => key.toLowerCase() === name && this.#tape.kind(node) === 'string')
      .map(({ node }) => this.#tape.text(node));
  }

  #maskString(node: number): void {
    const text = this.#tape.text(node);
    const masked = this.#maskEmbedded(text) ?? maskText(text, this.#parts.masked);
    if (masked !== null && masked !== text) this.#edit(node, masked);
  }

  /** The text of a JSON object or list that is itself a text; null: it is none. */
  #maskEmbedded(text: string): string | null {
    if (!/^\s*[{[]/.test(text) || !isJson(text)) return null;
    const embedded = new BodyRedactor(this.#parts, this.#embeddings + 1);
    const redacted = this.#embeddings === MOST_EMBEDDINGS ? null : embedded.redact(Buffer.from(text));
    if (redacted?.kind === 'clean') return redacted.value.toString();
    this.#parts.masked('object');
    return placeholder('object');
  }

  #replace(node: number, mask: Mask): void {
    const text = placeholder(mask);
    const kind = this.#tape.kind(node);
    if (kind === 'string' && this.#tape.text(node) === text) return;
    if (kind === 'other' && /^[tfn]/.test(this.#tape.bytes.toString('latin1', this.#tape.start(node), this.#tape.end(node)))) return;
    this.#parts.masked(mask);
    this.#edit(node, text);
  }

  #edit(node: number, text: string): void {
    this.#edits.push({ start: this.#tape.start(node), end: this.#tape.end(node), text: goJson(text) });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The names of resources are the plurals of their kinds, in lower case. */
function isCredentialKind(kind: string, resources: ReadonlySet<string>): boolean {
  const name = kind.toLowerCase().replace(/list$/, '');
  return [name, `${name}s`, `${name}es`, name.replace(/y$/, 'ies')].some((plural) => resources.has(plural));
}

function applyEdits(value: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end, text } of edits) {
    parts.push(value.subarray(from, start), Buffer.from(text));
    from = end;
  }
  parts.push(value.subarray(from));
  return Buffer.concat(parts);
}

import { RecordView } from '../model/record.ts';
import { SHAPES, type Shape } from '../model/shape.ts';
import { Entry } from '../process/entry.ts';
import { levelOf } from '../process/level-stage.ts';
import { RedactStage } from '../process/redact-stage.ts';
import { Scratch } from '../process/scratch.ts';
import { type LineForm, lineForm } from './line-form.ts';
import { saysTime } from './line-time.ts';

/** What may be better about how a container logs; the list is closed, and docs/lint-logs.md has an entry for each. */
export const FINDINGS = ['unparsable', 'no_level', 'no_time', 'mixed_forms', 'secrets', 'split_records', 'terminal_codes'] as const;
export type Finding = (typeof FINDINGS)[number];

/** Shapes that are secrets rather than personal data. */
const SECRETS: readonly Shape[] = SHAPES.filter((shape) => shape !== 'ipv4' && shape !== 'ipv6');
/** From this share of its bytes on, a container has a second form. */
const SECOND_FORM = 0.05;
const MOST_EXAMPLE_BYTES = 160;
const ESCAPE = 27;

export interface FoundShare {
  readonly finding: Finding;
  /** Of the bytes of all lines that were looked at; 0 to 1. */
  readonly share: number;
  /** The beginning of one line that shows it, without its secrets: they do not leave the node by way of advice. */
  readonly example: string;
  /** What was found, where that is one of several kinds. */
  readonly detail: string;
}

interface Seen {
  bytes: number;
  readonly example: string;
  readonly details: Set<string>;
}

/** Looks at lines of one container, and says what is wrong with how they are written. */
export class LogLint {
  lines = 0;
  bytes = 0;
  readonly #forms = new Map<LineForm, Seen>();
  readonly #findings = new Map<Finding, Seen>();
  readonly #secrets = Object.fromEntries(SHAPES.map((shape) => [shape, 0])) as Record<Shape, number>;
  readonly #redact: RedactStage;
  readonly #entry = new Entry(new RecordView());

  constructor() {
    const options = { shapes: SECRETS, patterns: [], replacement: '[redacted:{shape}]', maxLineBytes: Number.MAX_SAFE_INTEGER };
    this.#redact = new RedactStage({ options, scratch: new Scratch(), counts: this.#secrets });
  }

  /** A line without its line feed, which is only looked at. */
  look(bytes: Buffer): void {
    const line = bytes.toString('latin1');
    const form = lineForm(line, bytes);
    const { example, secrets } = this.#redacted(bytes);
    this.lines += 1;
    this.bytes += bytes.length;
    const note = <K>(seen: Map<K, Seen>, what: K): Seen => noted(seen, what, bytes.length, example);
    note(this.#forms, form);
    if (form === 'broken_json') note(this.#findings, 'unparsable');
    if (form === 'continued') note(this.#findings, 'split_records');
    if (form !== 'continued' && levelOf(bytes, 0, bytes.length) === null) note(this.#findings, 'no_level');
    if (form !== 'continued' && !saysTime(line, form)) note(this.#findings, 'no_time');
    if (bytes.includes(ESCAPE)) note(this.#findings, 'terminal_codes');
    if (secrets.length === 0) return;
    const { details } = note(this.#findings, 'secrets');
    for (const shape of secrets) details.add(shape);
  }

  #redacted(bytes: Buffer): { example: string; secrets: readonly Shape[] } {
    const { view } = this.#entry;
    view.buffer = bytes;
    view.start = 0;
    view.end = bytes.length;
    for (const shape of SECRETS) this.#secrets[shape] = 0;
    this.#entry.begin(view, [], []);
    this.#redact.apply(this.#entry);
    const example = view.buffer.toString('utf8', view.start, Math.min(view.end, view.start + MOST_EXAMPLE_BYTES));
    return { example, secrets: SECRETS.filter((shape) => this.#secrets[shape] > 0) };
  }

  /** The share of bytes in each form, the most frequent first. */
  get forms(): Map<LineForm, number> {
    const shares = [...this.#forms].map(([form, { bytes }]) => [form, bytes / this.bytes] as const);
    return new Map(shares.sort(([, a], [, b]) => b - a));
  }

  /** In the order of FINDINGS. */
  get findings(): FoundShare[] {
    const found = new Map(this.#findings);
    const mixed = this.#mixedForms();
    if (mixed !== null) found.set('mixed_forms', mixed);
    return FINDINGS.flatMap((finding) => {
      const seen = found.get(finding);
      if (seen === undefined) return [];
      return [{ finding, share: seen.bytes / this.bytes, example: seen.example, detail: [...seen.details].join(', ') }];
    });
  }

  /** The forms beside the most frequent one: a parser for that does not know them. Broken lines, and those that go on others, have none of their own. */
  #mixedForms(): Seen | null {
    const [most, ...others] = [...this.forms.keys()].filter((form) => form !== 'continued' && form !== 'broken_json');
    const second = others.filter((form) => this.#forms.get(form)!.bytes >= this.bytes * SECOND_FORM);
    if (most === undefined || second.length === 0) return null;
    const bytes = second.reduce((sum, form) => sum + this.#forms.get(form)!.bytes, 0);
    return { bytes, example: this.#forms.get(second[0]!)!.example, details: new Set([most, ...second]) };
  }
}

/** What was seen so far, with another line of `bytes`. */
function noted<K>(seen: Map<K, Seen>, what: K, bytes: number, example: string): Seen {
  const known = seen.getOrInsertComputed(what, () => ({ bytes: 0, example, details: new Set<string>() }));
  known.bytes += bytes;
  return known;
}

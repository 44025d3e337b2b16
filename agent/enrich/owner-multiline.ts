import type { Convention } from '../model/exclusion.ts';
import { LANGUAGES } from '../model/language.ts';
import type { OwnerLines, OwnerMultiline } from '../model/owner-multiline.ts';
import type { Pod } from '../model/pod.ts';
import { goDuration } from '../runtime/go-duration.ts';
import { annotationFlag } from './annotation-flag.ts';
import { AnnotationReader } from './annotation-reader.ts';

/** Whether a text is a pattern that can be matched. */
type IsPattern = (text: string) => boolean;
type ReadMultiline = (annotations: AnnotationReader, container: string, isPattern: IsPattern) => OwnerMultiline | null;

/** As the stage multiline has them. */
const [WAIT_SECONDS, LINES] = [3, 128];
/** Filebeat's, for who speaks its words. */
const [FILEBEAT_WAIT_SECONDS, FILEBEAT_LINES] = [5, 500];
const [MOST_WAIT_SECONDS, MOST_LINES] = [60, 10_000];
const MAX_PATTERN_BYTES = 1024;
/** What is meant to be names of languages; a pattern of nothing but letters would be none. */
const WORDS = /^[a-z, ]+$/;

const READERS: Readonly<Partial<Record<Convention, ReadMultiline>>> = {
  logferry: (annotations, container, isPattern) => {
    const names = [`logferry.io/multiline.${container}`, 'logferry.io/multiline'];
    const lines = annotations.read(names, (text) => ownLines(text, isPattern));
    return lines === null ? null : { lines, maxWaitSeconds: WAIT_SECONDS, maxLines: LINES };
  },
  /** Hints of Filebeat: libbeat/reader/multiline. */
  elastic: (annotations, container, isPattern) => {
    const read = <Value>(key: string, of: (text: string) => Value | null): Value | null =>
      annotations.read([`co.elastic.logs.${container}/multiline.${key}`, `co.elastic.logs/multiline.${key}`], of);
    const type = read('type', (text) => (text === 'pattern' ? text : null));
    const pattern = read('pattern', (text) => (isPattern(text) ? text : null));
    const negate = read('negate', annotationFlag) ?? false;
    const match = read('match', (text) => (text === 'after' || text === 'before' ? text : null)) ?? 'after';
    const maxLines = read('max_lines', wholeLines) ?? FILEBEAT_LINES;
    const maxWaitSeconds = read('timeout', waitSeconds) ?? FILEBEAT_WAIT_SECONDS;
    if (pattern === null || (type === null && annotations.faulty.some((name) => name.endsWith('/multiline.type')))) return null;
    return { lines: { pattern, negate, match }, maxWaitSeconds, maxLines };
  },
};

/** `java,go`, or the pattern of a first line. */
function ownLines(text: string, isPattern: IsPattern): OwnerLines | null {
  if (!WORDS.test(text)) return isPattern(text) ? { pattern: text, negate: true, match: 'after' } : null;
  const words = text.split(',').map((word) => word.trim());
  const languages = LANGUAGES.filter((language) => words.includes(language));
  return languages.length === new Set(words).size ? { languages } : null;
}

function wholeLines(text: string): number | null {
  const lines = Number(text);
  return Number.isInteger(lines) && lines >= 1 && lines <= MOST_LINES ? lines : null;
}

function waitSeconds(text: string): number | null {
  const seconds = goDuration(text);
  return seconds !== null && seconds > 0 && seconds <= MOST_WAIT_SECONDS ? seconds : null;
}

interface SaidMultiline {
  /** Null: nothing. */
  readonly multiline: OwnerMultiline | null;
  /** Annotations that it is made of. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations that nobody understands, and which so have no effect. */
  readonly faulty: readonly string[];
}

/** What the owner of a pod says of which lines of a container are one record: what the first of these conventions says. */
export function ownerMultiline(
  { annotations }: Pod,
  container: string,
  { conventions, isPattern }: { readonly conventions: readonly Convention[]; readonly isPattern: IsPattern },
): SaidMultiline {
  const reader = new AnnotationReader(annotations);
  const isShortPattern: IsPattern = (text) => Buffer.byteLength(text) <= MAX_PATTERN_BYTES && isPattern(text);
  const said = conventions.map((convention) => READERS[convention]?.(reader, container, isShortPattern) ?? null);
  return { multiline: said.find((multiline) => multiline !== null) ?? null, annotations: reader.understood, faulty: reader.faulty };
}

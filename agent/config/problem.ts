/** A key's way from the top of the configuration: names of mappings, indexes of lists. */
export type KeyPath = readonly (string | number)[];

/** Line and column, both from 1; columns count UTF-16 units, as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something about a configuration that its author should know. */
export interface Problem {
  readonly file: string;
  /** Null: the file as a whole. */
  readonly place: Place | null;
  /** As `outputs[0].url`; empty where no key is to blame. */
  readonly key: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
}

/** `file:line:column key: message`, without the parts that the problem lacks. */
export function formatProblem({ file, place, key, message }: Problem): string {
  const where = place === null ? file : `${file}:${place.line}:${place.column}`;
  return key === '' ? `${where}: ${message}` : `${where} ${key}: ${message}`;
}

/** In order of position; the whole file first. Sorts a copy. */
export function inFileOrder<T extends Problem>(problems: readonly T[]): T[] {
  const start = { line: 0, column: 0 };
  return problems.toSorted((a, b) => {
    const [here, there] = [a.place ?? start, b.place ?? start];
    return here.line - there.line || here.column - there.column;
  });
}

/** `['outputs', 0, 'url']` as `outputs[0].url`. */
export function keyName(path: KeyPath): string {
  return path.map((step, depth) => (typeof step === 'number' ? `[${step}]` : `${depth === 0 ? '' : '.'}${step}`)).join('');
}

/** The place of the character at `offset` of `text`. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

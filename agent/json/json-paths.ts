import { isSame } from '../runtime/is-same.ts';
import { JsonCursor } from './json-cursor.ts';

/** Names of nested fields, outermost first; never empty. */
export type JsonPath = readonly string[];

const OPEN_OBJECT = 123;

/** What is wanted of the fields of an object. */
interface Wanted {
  readonly keys: Buffer[];
  readonly fields: Field[];
  /** To be called for each member of such an object. */
  member: (keyStart: number, keyEnd: number) => boolean;
}

interface Field {
  /** Indexes of the paths that end here. */
  readonly ends: number[];
  /** Indexes of all paths that lead here or through here. */
  readonly through: number[];
  /** What is wanted of it, where it is an object; null: nothing. */
  within: Wanted | null;
}

/**
 * Finds values at a few paths in JSON, in one walk over its bytes, which checks the grammar of all of it and makes nothing. Of fields with
 * one name in an object the last one counts, as for JSON.parse and encoding/json of Go.
 */
export class JsonPaths {
  readonly #cursor = new JsonCursor(Buffer.alloc(0));
  readonly #root: Wanted;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(paths: readonly JsonPath[]) {
    this.#starts = new Int32Array(paths.length);
    this.#ends = new Int32Array(paths.length);
    this.#root = this.#newWanted();
    for (const [index, path] of paths.entries()) this.#want(path, index);
  }

  /** Looks through `bytes[start, end)`; false: that is no JSON object, or nested deeper than 1,000 levels, and nothing was found. */
  find(bytes: Buffer, start: number, end: number): boolean {
    const cursor = this.#cursor;
    cursor.begin(bytes, start, end);
    this.#starts.fill(-1);
    return cursor.object(this.#root.member) && cursor.isAtEnd();
  }

  /** Where the value at path `index` begins in the bytes of the last `find` that succeeded; -1: there is none. */
  start(index: number): number {
    return this.#starts[index]!;
  }

  /** Where it ends. */
  end(index: number): number {
    return this.#ends[index]!;
  }

  #newWanted(): Wanted {
    const wanted: Wanted = { keys: [], fields: [], member: (start, end) => this.#member(wanted, start, end) };
    return wanted;
  }

  #want(path: JsonPath, index: number): void {
    let wanted = this.#root;
    for (const [depth, name] of path.entries()) {
      const field = fieldOf(wanted, Buffer.from(name));
      field.through.push(index);
      if (depth === path.length - 1) field.ends.push(index);
      else wanted = field.within ??= this.#newWanted();
    }
  }

  #member(wanted: Wanted, keyStart: number, keyEnd: number): boolean {
    const field = this.#find(wanted, keyStart, keyEnd);
    return field === null ? this.#cursor.value() : this.#field(field);
  }

  #find({ keys, fields }: Wanted, start: number, end: number): Field | null {
    const { bytes, hasEscapes } = this.#cursor;
    if (hasEscapes) return fields[keys.findIndex(isSpelt(bytes, start, end))] ?? null;
    for (let i = 0; i < keys.length; i += 1) if (isSame(keys[i]!, bytes, start, end)) return fields[i]!;
    return null;
  }

  #field({ ends, through, within }: Field): boolean {
    const cursor = this.#cursor;
    for (const index of through) this.#starts[index] = -1;
    cursor.skipSpace();
    const start = cursor.at;
    const isLookedInto = within !== null && start < cursor.end && cursor.bytes[start] === OPEN_OBJECT;
    if (!(isLookedInto ? cursor.object(within.member) : cursor.value())) return false;
    for (const index of ends) {
      this.#starts[index] = start;
      this.#ends[index] = cursor.at;
    }
    return true;
  }
}

function fieldOf(wanted: Wanted, key: Buffer): Field {
  const known = wanted.keys.findIndex((other) => other.equals(key));
  if (known !== -1) return wanted.fields[known]!;
  const field: Field = { ends: [], through: [], within: null };
  wanted.keys.push(key);
  wanted.fields.push(field);
  return field;
}

/** Whether a name is the one that `bytes[start, end)` write with escapes. */
function isSpelt(bytes: Buffer, start: number, end: number): (key: Buffer) => boolean {
  const name = Buffer.from(JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string);
  return (key) => key.equals(name);
}

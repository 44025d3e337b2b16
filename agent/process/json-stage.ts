import type { JmesPath } from '../json/jmespath.ts';
import { type JsonPath, JsonPaths } from '../json/json-paths.ts';
import { jsonText } from '../json/json-text.ts';
import type { Entry } from './entry.ts';
import { SourceBytes } from './source-bytes.ts';
import type { Stage } from './stage.ts';
import type { ValueTexts } from './value-texts.ts';

export interface JsonStageOptions {
  /** Values at a path, and the slots that they go to. */
  readonly fields: readonly { readonly slot: number; readonly path: JsonPath }[];
  /** Values that take more than a path. */
  readonly searches: readonly { readonly slot: number; readonly search: JmesPath }[];
  /** Slot of the value that is looked into; null: the line. */
  readonly source: number | null;
  /** What is no JSON object is filtered. */
  readonly dropMalformed: boolean;
  readonly texts: Pick<ValueTexts, 'json'>;
  readonly countFiltered: (reason: string) => void;
}

/**
 * Takes values out of a JSON object, as Promtail does (clients/pkg/logentry/stages/json.go): a field that is not there, or null, leaves no
 * value of its name; a text that is no JSON object changes nothing.
 */
export class JsonStage implements Stage {
  readonly #options: JsonStageOptions;
  readonly #source: SourceBytes;
  readonly #paths: JsonPaths;

  constructor(options: JsonStageOptions) {
    this.#options = options;
    this.#source = new SourceBytes(options.source);
    this.#paths = new JsonPaths(options.fields.map(({ path }) => path));
  }

  apply(entry: Entry): boolean {
    const source = this.#source;
    if (!source.find(entry)) return true;
    const { buffer, start, end } = source;
    if (!this.#paths.find(buffer, start, end)) return !this.#drops();
    this.#take(entry, buffer);
    if (this.#options.searches.length > 0) this.#search(entry, JSON.parse(buffer.toString('utf8', start, end)));
    return true;
  }

  /** Whether what is no JSON object is filtered, and counts it then. */
  #drops(): boolean {
    if (this.#options.dropMalformed) this.#options.countFiltered('malformed_json');
    return this.#options.dropMalformed;
  }

  #take({ extracted }: Entry, bytes: Buffer): void {
    const { fields, texts } = this.#options;
    for (let i = 0; i < fields.length; i += 1) {
      const start = this.#paths.start(i);
      extracted[fields[i]!.slot] = start === -1 ? null : texts.json.of(bytes, start, this.#paths.end(i));
    }
  }

  #search({ extracted }: Entry, document: unknown): void {
    for (const { slot, search } of this.#options.searches) {
      const found = search(document);
      if (found !== undefined) extracted[slot] = jsonText(found);
    }
  }
}

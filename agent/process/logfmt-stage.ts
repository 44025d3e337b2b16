import type { Entry } from './entry.ts';
import { LogfmtFields } from './logfmt-fields.ts';
import { SourceBytes } from './source-bytes.ts';
import type { Stage } from './stage.ts';
import type { ValueTexts } from './value-texts.ts';

export interface LogfmtStageOptions {
  /** Keys, and the slots that their values go to. */
  readonly fields: readonly { readonly slot: number; readonly key: string }[];
  /** Slot of the value that is looked into; null: the line. */
  readonly source: number | null;
  readonly texts: Pick<ValueTexts, 'logfmt'>;
}

/** Takes values out of logfmt, as Promtail does (clients/pkg/logentry/stages/logfmt.go): a key that is not there changes nothing. */
export class LogfmtStage implements Stage {
  readonly #fields: LogfmtStageOptions['fields'];
  readonly #texts: LogfmtStageOptions['texts'];
  readonly #source: SourceBytes;
  readonly #found: LogfmtFields;

  constructor({ fields, source, texts }: LogfmtStageOptions) {
    this.#fields = fields;
    this.#texts = texts;
    this.#source = new SourceBytes(source);
    this.#found = new LogfmtFields(fields.map(({ key }) => key));
  }

  apply(entry: Entry): true {
    const fields = this.#fields;
    if (!this.#source.find(entry)) return true;
    const { buffer, start, end } = this.#source;
    this.#found.find(buffer, start, end);
    for (let i = 0; i < fields.length; i += 1) {
      const from = this.#found.start(i);
      if (from !== -1) entry.extracted[fields[i]!.slot] = this.#texts.logfmt.of(buffer, from, this.#found.end(i));
    }
    return true;
  }
}

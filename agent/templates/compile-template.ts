import { BlockParser } from './block-parser.ts';
import { piecesOf } from './pieces.ts';
import type { Scope } from './scope.ts';
import { TemplateFault } from './template-fault.ts';
import { Variables } from './variables.ts';

/** A text with places to be filled in, as Go's text/template writes it. */
export interface Template {
  /** Names of the values that it looks at: what stands behind the dot in `.name`. */
  readonly fields: readonly string[];
  /**
   * The text. `values`: in the order of `fields`, null where there is none. Null when it fails, as Go's would (a function is handed what is no
   * text), or when it becomes longer than `maxBytes`.
   */
  readonly render: (values: readonly (string | null)[], maxBytes: number) => string | null;
}

/** Why a text is no template. `unknown`: the name of a function that there is none of, if that is it. */
export interface NoTemplate {
  readonly fault: string;
  readonly unknown: string | null;
}

/**
 * Compiles a template of Go's text/template, as far as texts are concerned: actions, pipelines, parentheses, variables, if, with, else and the
 * functions of Go, Promtail and, of sprig, those for texts and numbers. No loops, so that it ends; nothing that changes from one time to
 * another, such as `now`, so that an entry comes again as it was.
 */
export function compileTemplate(source: string): Template | NoTemplate {
  try {
    const variables = new Variables();
    const emit = new BlockParser(piecesOf(source), variables).read();
    const scope: Scope = { values: [], variables: [], maxLength: 0, text: '' };
    const render: Template['render'] = (values, maxBytes) => {
      scope.values = values;
      scope.maxLength = maxBytes;
      scope.text = '';
      return emit(scope) && Buffer.byteLength(scope.text) <= maxBytes ? scope.text : null;
    };
    return { fields: variables.fields, render };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { fault: error.message, unknown: error.unknown };
  }
}

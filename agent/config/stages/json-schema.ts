import { z } from 'zod';
import { compileJmesPath } from '../../json/jmespath.ts';
import { pathOf } from '../../json/path-of.ts';
import { type Sources, sources } from './sources.ts';
import { valueName } from './value-name.ts';

export interface JsonConfig {
  /** JMESPath, by the name of the value. */
  readonly expressions: Sources;
  readonly source?: string;
  readonly drop_malformed: boolean;
}

const EXPRESSIONS = 'What is extracted: the name of a value, and where it stands, in JMESPath; empty: the field of that name.';

const MAX_EXPRESSION_BYTES = 256;

export const jsonSchema: z.ZodType<JsonConfig> = z
  .strictObject({
    expressions: sources(valueName(), EXPRESSIONS)
      .superRefine((expressions, ctx) => {
        for (const [name, expression] of Object.entries(expressions)) {
          const message = faultOf(expression);
          if (message !== null) ctx.addIssue({ code: 'custom', path: [name], message });
        }
      })
      .describe(EXPRESSIONS),
    source: valueName().exactOptional().describe('Name of the extracted value that is looked into; absent: the line.'),
    drop_malformed: z.boolean().default(false).describe('Filter what is no JSON object.'),
  })
  .describe('Extracts values from a JSON object.');

function faultOf(expression: string): string | null {
  if (Buffer.byteLength(expression) > MAX_EXPRESSION_BYTES) return `too long, write at most ${MAX_EXPRESSION_BYTES} bytes`;
  if (pathOf(expression) !== null) return null;
  const compiled = compileJmesPath(expression);
  return 'fault' in compiled ? `not an expression of JMESPath: ${compiled.fault}` : null;
}

import { z } from 'zod';
import type { Pattern } from '../../patterns/pattern.ts';
import { patternText } from './pattern-text.ts';
import { templateText } from './template-text.ts';
import { valueName } from './value-name.ts';

export interface ReplaceConfig {
  readonly expression: string;
  readonly source?: string;
  readonly replace: string;
}

export const replaceSchema: z.ZodType<ReplaceConfig> = z
  .strictObject({
    expression: patternText(groupFault).describe('A regular expression of Go; what its groups hold is replaced.'),
    source: valueName().exactOptional().describe('Name of the extracted value that is rewritten; absent: the line.'),
    replace: templateText()
      .default('')
      .describe('What stands in place of each group, in the syntax of Go: {{ .Value }} is what it held, {{ .name }} an extracted value.'),
  })
  .describe('Puts something else in place of the groups of a regular expression.');

function groupFault({ names, matchesNothing }: Pattern): string | null {
  if (names.length === 0) return 'has no group, write parentheses around what shall be replaced';
  return matchesNothing ? 'may match nothing, write one that takes a character at least' : null;
}

import { z } from 'zod';
import { LABEL_NAME } from '../../model/labels.ts';
import type { Pattern } from '../../patterns/pattern.ts';
import { whenSound } from '../scalar-schemas.ts';
import { patternText } from './pattern-text.ts';
import { valueName } from './value-name.ts';

export interface RegexConfig {
  readonly expression: string;
  readonly source?: string;
  readonly labels_from_groups: boolean;
}

export const regexSchema: z.ZodType<RegexConfig> = z
  .strictObject({
    expression: patternText(namesFault).describe('A regular expression of Go; each group with a name, (?P<name>...), is a value.'),
    source: valueName().exactOptional().describe('Name of the extracted value that is looked into; absent: the line.'),
    labels_from_groups: z.boolean().default(false).describe('Make each value a label of the same name too.'),
  })
  .superRefine(
    ({ expression, labels_from_groups: wantsLabels }, ctx) => {
      const name = wantsLabels ? [...expression.matchAll(/\(\?P?<(\w+)>/g)].find(([, name = '']) => !isLabel(name))?.[1] : undefined;
      if (name === undefined) return;
      ctx.addIssue({ code: 'custom', path: ['expression'], message: `${name} is no name for a label, name the group otherwise` });
    },
    { when: whenSound('expression', 'labels_from_groups') },
  )
  .describe('Extracts values from what a regular expression matches.');

function namesFault({ names }: Pattern): string | null {
  return names.some((name) => name !== null) ? null : 'has no group with a name, write (?P<name>...) around what shall be extracted';
}

function isLabel(name: string): boolean {
  return LABEL_NAME.test(name) && !name.startsWith('__');
}

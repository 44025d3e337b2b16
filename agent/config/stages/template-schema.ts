import { z } from 'zod';
import { templateText } from './template-text.ts';

export interface TemplateConfig {
  readonly source: string;
  readonly template: string;
}

export const templateSchema: z.ZodType<TemplateConfig> = z
  .strictObject({
    source: z.string().min(1).describe('The extracted value that is set; it need not be there before.'),
    template: templateText().describe(
      'What it becomes, in the syntax of Go: {{ .Value }} is what it was, {{ .name }} another extracted value, {{ .Entry }} the line.',
    ),
  })
  .describe('Makes an extracted value of others.');

import { z } from 'zod';
import { FUNCTION_NAMES } from '../../templates/call.ts';
import { compileTemplate } from '../../templates/compile-template.ts';
import { nearestName } from '../nearest-name.ts';

/** A text that is a template. */
export function templateText(): z.ZodString {
  return z.string().superRefine((text, ctx) => {
    const template = compileTemplate(text);
    if (!('fault' in template)) return;
    const { fault, unknown } = template;
    const nearest = unknown === null ? null : nearestName(unknown, FUNCTION_NAMES);
    ctx.addIssue({ code: 'custom', message: nearest === null ? fault : `${fault}, did you mean ${nearest}?` });
  });
}

import { z } from 'zod';
import { compilePattern, type Pattern } from '../../patterns/pattern.ts';

const MAX_PATTERN_BYTES = 4096;

/** A regular expression as Go has it; `faultOf` says what is wrong with one that can be matched. */
export function patternText(faultOf: (pattern: Pattern) => string | null = () => null): z.ZodString {
  return z
    .string()
    .min(1, { error: 'empty, write a regular expression', abort: true })
    .refine((text) => Buffer.byteLength(text) <= MAX_PATTERN_BYTES, {
      error: `too long, write at most ${MAX_PATTERN_BYTES} bytes`,
      abort: true,
    })
    .superRefine((text, ctx) => {
      const pattern = compilePattern(text);
      const message = 'fault' in pattern ? pattern.fault : faultOf(pattern);
      if (message !== null) ctx.addIssue({ code: 'custom', message });
    });
}

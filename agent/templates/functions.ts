import type { TemplateFunction } from './function.ts';
import { HASH_FUNCTIONS } from './hash-functions.ts';
import { LOGIC_FUNCTIONS } from './logic-functions.ts';
import { NUMBER_FUNCTIONS } from './number-functions.ts';
import { PRINT_FUNCTIONS, TO_STRING } from './print-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

/** All but those that look at their arguments one by one, or before any value is known: `call.ts`. */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...Object.entries({ ...LOGIC_FUNCTIONS, ...TEXT_FUNCTIONS, ...NUMBER_FUNCTIONS, ...PRINT_FUNCTIONS, ...HASH_FUNCTIONS }),
  // Every object has a property of this name.
  ['toString', TO_STRING],
]);

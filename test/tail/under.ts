import { systemClock } from '../../agent/runtime/clock.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import type { Opening } from '../../agent/tail/open-regular.ts';

/** Files under one root may be opened, a hundred at once. */
export function under(root: string): Opening {
  return { roots: [root], descriptors: new Descriptors(100, systemClock), fs: systemFiles };
}

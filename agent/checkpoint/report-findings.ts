import type { Logger } from '../runtime/logger.ts';
import type { OutputSource } from './checkpoint-document.ts';

/** A message names no more than this many. */
const MOST_NAMES = 20;

/** What an operator should know of how positions were loaded. `setAside`: where the file is now; null: still where it was. */
export type Finding =
  | { readonly kind: 'unusable'; readonly directory: string; readonly code: string; readonly detail: string }
  | { readonly kind: 'corrupt'; readonly file: string; readonly why: string; readonly setAside: string | null }
  | { readonly kind: 'newer'; readonly file: string; readonly version: number; readonly setAside: string | null }
  | { readonly kind: 'lost'; readonly directory: string }
  | { readonly kind: 'recovered' | 'dropped'; readonly sources: readonly OutputSource[] };

/** Says each with its effect and the remedy. */
export function reportFindings(findings: readonly Finding[], logger: Logger): void {
  for (const finding of findings) report(finding, logger);
}

function report({ kind, ...found }: Finding, logger: Logger): void {
  const fields = 'sources' in found ? namesOf(found.sources) : found;
  switch (kind) {
    case 'unusable':
      return logger.warn(
        fields,
        'state_dir cannot be used: logs are read from their beginning, and again after a restart; repair it, it is tried again at every save',
      );
    case 'corrupt':
      return logger.warn(
        fields,
        'a checkpoint file cannot be used and gives way to the newest that can, which may repeat entries; check the disk of state_dir',
      );
    case 'newer':
      return logger.error(
        fields,
        'a checkpoint file is of a newer version of logferry and is kept aside: an older file is taken, which repeats entries; go back to the newer version and rename the file to keep its positions',
      );
    case 'lost':
      return logger.warn(fields, 'no checkpoint file can be used: logs are read from their beginning, which repeats entries');
    case 'recovered':
      return logger.warn(fields, 'positions that cannot be used are taken from the checkpoint before, which repeats entries');
    case 'dropped':
      return logger.warn(
        fields,
        'positions cannot be used and are dropped: these logs are read from their beginning, which repeats entries',
      );
  }
}

function namesOf(sources: readonly OutputSource[]): { readonly count: number; readonly sources: readonly string[] } {
  return { count: sources.length, sources: sources.slice(0, MOST_NAMES).map(([output, id]) => `${output}: ${id}`) };
}

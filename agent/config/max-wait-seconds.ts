import { goDuration } from '../runtime/go-duration.ts';
import type { MultilineConfig } from './stages/multiline-schema.ts';

export const DEFAULT_WAIT_SECONDS = 3;

/** How long is waited for the next line, however it is written. */
export function maxWaitSeconds({ max_wait_seconds: inSeconds, max_wait_time: asTime = '' }: MultilineConfig): number {
  return inSeconds ?? goDuration(asTime) ?? DEFAULT_WAIT_SECONDS;
}

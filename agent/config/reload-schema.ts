import { z } from 'zod';
import { seconds, wholeNumber } from './scalar-schemas.ts';

export interface ReloadConfig {
  readonly interval_seconds: number;
  readonly check_seconds: number;
  readonly sample_bytes: number;
}

/** How a changed configuration comes into force while the agent runs. */
export const reloadSchema: z.ZodType<ReloadConfig> = z
  .strictObject({
    interval_seconds: seconds(0)
      .default(10)
      .describe('Seconds between two looks at the configuration file; 0: it is read again at SIGHUP alone.'),
    check_seconds: seconds(1)
      .default(60)
      .describe(
        'Seconds that the check of a changed configuration may take; then the one in force is kept, and the check is repeated later.',
      ),
    sample_bytes: wholeNumber(0, 16_777_216)
      .default(1_048_576)
      .describe(
        'Bytes of the newest lines on this node that a changed configuration is tried on before it is in force, 64 KiB a log; 0: none.',
      ),
  })
  .prefault({})
  .describe('How a changed configuration comes into force while the agent runs.');

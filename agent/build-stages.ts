import type { Config } from './config/schema.ts';
import type { Counters } from './model/counters.ts';
import { LevelStage } from './process/level-stage.ts';
import { RedactStage } from './process/redact-stage.ts';
import { Scratch } from './process/scratch.ts';
import { chainStages, type Stage } from './process/stage.ts';

/**
 * What builds the stages of a source as they are configured, for one output; null from it when there are none. Sources are read one
 * at a time, so they share what a stage needs for the line at hand.
 */
export function stagesBuilder({ stages, containers }: Config, { redactions: counts }: Counters): () => Stage | null {
  const scratch = new Scratch();
  const maxLineBytes = containers.max_line_bytes;
  const build = ({ redact }: Config['stages'][number]): Stage =>
    redact === undefined ? new LevelStage() : new RedactStage({ options: { ...redact, maxLineBytes }, scratch, counts });
  return () => chainStages(stages.map(build));
}

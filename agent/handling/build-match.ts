import type { StageParts } from './build-stages.ts';
import type { MatchConfig } from '../config/stages/match-schema.ts';
import type { LabelMatcher } from '../logql/label-matcher.ts';
import { DropAllStage } from '../process/drop-all-stage.ts';
import { MatchStage } from '../process/match-stage.ts';
import type { Stage } from '../process/stage.ts';

/**
 * The stage of one source; null where no entry of it can be meant. What labels say that no stage before this one changes is decided here.
 * `build`: makes a stage of the list in it.
 */
export function buildMatch<Config>(
  { selector, action, stages, drop_counter_reason: reason }: MatchConfig<Config>,
  parts: StageParts,
  build: (stages: readonly Config[], parts: StageParts) => Stage | null,
): Stage | null {
  const { matchers, filter } = parts.selectorOf(selector);
  // Before the stages in it are built, whose labels are changed for later stages only.
  const isChanged = ({ name }: LabelMatcher): boolean => parts.labels.has(name);
  const fixed = matchers.filter((matcher) => !isChanged(matcher));
  const channels = parts.channelLabels.map((labels) => fixed.every((matcher) => matcher.matches(labels[matcher.name] ?? '')));
  if (!channels.includes(true)) return null;
  const slots = matchers.filter(isChanged).map((matcher) => ({
    slot: parts.labels.slotOf(matcher.name),
    matches: (value: string): boolean => matcher.matches(value),
  }));
  const then = action === 'drop' ? new DropAllStage(reason, parts.countFiltered) : build(stages, parts);
  return then === null ? null : new MatchStage({ channels, matchers: slots, filter }, then);
}

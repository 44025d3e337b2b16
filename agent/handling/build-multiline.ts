import { sound } from './sound.ts';
import { soundSelector } from './sound-selector.ts';
import type { StageConfig } from '../config/stages-schema.ts';
import { maxWaitSeconds } from '../config/max-wait-seconds.ts';
import type { MultilineConfig } from '../config/stages/multiline-schema.ts';
import { ownerMultiline } from '../enrich/owner-multiline.ts';
import type { LabelMatcher } from '../logql/label-matcher.ts';
import type { Convention } from '../model/exclusion.ts';
import type { Labels } from '../model/labels.ts';
import type { ChannelMultiline, Multiline } from '../model/multiline.ts';
import type { OwnerMultiline } from '../model/owner-multiline.ts';
import type { Pod } from '../model/pod.ts';
import { compilePattern } from '../patterns/pattern.ts';
import { FROM_FIRST_LINE, type Joining, PatternRule } from '../records/pattern-rule.ts';
import { TraceRules } from '../records/trace-rules.ts';

/** Lines of sources with these labels are joined like that. */
interface Configured {
  readonly matchers: readonly LabelMatcher[];
  readonly multiline: Multiline;
}

/**
 * What says how the lines of a source are joined: as the owner of its pod says, else by its stages, of which `match` decides by the labels
 * that it has before any stage. One rule serves all sources that it is configured for.
 */
export function multilineBuilder(
  stages: readonly StageConfig[],
): (channelLabels: readonly Labels[], owner: OwnerMultiline | null) => ChannelMultiline {
  const configured = configuredIn(stages, []);
  const multilineFor = (labels: Labels = {}): Multiline | null =>
    configured.find(({ matchers }) => matchers.every((matcher) => matcher.matches(labels[matcher.name] ?? '')))?.multiline ?? null;
  return ([out, err], owner) => {
    const multiline = owner === null ? null : ownersMultiline(owner);
    return [multiline ?? multilineFor(out), multiline ?? multilineFor(err)];
  };
}

/** In the order in which they stand. */
function configuredIn(stages: readonly StageConfig[], matchers: readonly LabelMatcher[]): Configured[] {
  return stages.flatMap(({ multiline, match }): Configured[] => {
    if (multiline !== undefined) return [{ matchers, multiline: multilineOf(multiline) }];
    if (match === undefined) return [];
    return configuredIn(match.stages, [...matchers, ...soundSelector(match.selector).matchers]);
  });
}

function multilineOf(config: MultilineConfig): Multiline {
  const { firstline, rules = [], max_lines: maxLines } = config;
  const rule = firstline === undefined ? new TraceRules(rules) : patternRule(firstline, FROM_FIRST_LINE);
  return { key: JSON.stringify(config), rule, maxWaitSeconds: maxWaitSeconds(config), maxLines };
}

function ownersMultiline(owner: OwnerMultiline): Multiline {
  const { lines, maxWaitSeconds, maxLines } = owner;
  const rule = 'languages' in lines ? new TraceRules(lines.languages) : patternRule(lines.pattern, lines);
  return { key: JSON.stringify(owner), rule, maxWaitSeconds, maxLines };
}

function patternRule(source: string, joining: Joining): PatternRule {
  return new PatternRule(sound(compilePattern(source)), joining);
}

/** What the owner of a pod says of how the lines of a container are joined. */
export function ownersLines(pod: Pod, container: string, conventions: readonly Convention[]): ReturnType<typeof ownerMultiline> {
  return ownerMultiline(pod, container, { conventions, isPattern: (source) => !('fault' in compilePattern(source)) });
}

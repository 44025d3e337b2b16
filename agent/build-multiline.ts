import assert from 'node:assert';
import type { StageConfig } from './config/stages-schema.ts';
import { maxWaitSeconds, type MultilineConfig } from './config/stages/multiline-schema.ts';
import { ownerMultiline } from './enrich/owner-multiline.ts';
import type { Convention } from './model/exclusion.ts';
import { type ChannelMultiline, type Multiline, UNJOINED } from './model/multiline.ts';
import type { OwnerMultiline } from './model/owner-multiline.ts';
import type { Pod } from './model/pod.ts';
import { compilePattern } from './patterns/pattern.ts';
import { FROM_FIRST_LINE, type Joining, PatternRule } from './records/pattern-rule.ts';
import { TraceRules } from './records/trace-rules.ts';

/**
 * What says how the lines of a source are joined: as the owner of its pod says, else by its stages. One rule serves all sources that it is
 * configured for.
 */
export function multilineBuilder(stages: readonly StageConfig[]): (owner: OwnerMultiline | null) => ChannelMultiline {
  const config = stages.find(({ multiline }) => multiline !== undefined)?.multiline;
  const configured = config === undefined ? null : multilineOf(config);
  return (owner) => {
    const multiline = owner === null ? configured : ownersMultiline(owner);
    return multiline === null ? UNJOINED : [multiline, multiline];
  };
}

function multilineOf(config: MultilineConfig): Multiline {
  const { firstline, rules = [], max_lines: maxLines } = config;
  const rule = firstline === undefined ? new TraceRules(rules) : patternRule(firstline, FROM_FIRST_LINE);
  return { rule, maxWaitSeconds: maxWaitSeconds(config), maxLines };
}

function ownersMultiline({ lines, maxWaitSeconds, maxLines }: OwnerMultiline): Multiline {
  const rule = 'languages' in lines ? new TraceRules(lines.languages) : patternRule(lines.pattern, lines);
  return { rule, maxWaitSeconds, maxLines };
}

function patternRule(source: string, joining: Joining): PatternRule {
  const pattern = compilePattern(source);
  assert(!('fault' in pattern), 'patterns are checked before they are used');
  return new PatternRule(pattern, joining);
}

/** What the owner of a pod says of how the lines of a container are joined. */
export function ownersLines(pod: Pod, container: string, conventions: readonly Convention[]): ReturnType<typeof ownerMultiline> {
  return ownerMultiline(pod, container, { conventions, isPattern: (source) => !('fault' in compilePattern(source)) });
}

import assert from 'node:assert';
import type { StageConfig } from './config/stages-schema.ts';
import { maxWaitSeconds, type MultilineConfig } from './config/stages/multiline-schema.ts';
import { type ChannelMultiline, type Multiline, type RecordRule, UNJOINED } from './model/multiline.ts';
import { compilePattern } from './patterns/pattern.ts';
import { FROM_FIRST_LINE, PatternRule } from './records/pattern-rule.ts';
import { TraceRules } from './records/trace-rules.ts';

/** What says how the lines of a source are joined, by its stages. One rule serves all sources that it is configured for. */
export function multilineBuilder(stages: readonly StageConfig[]): () => ChannelMultiline {
  const config = stages.find(({ multiline }) => multiline !== undefined)?.multiline;
  if (config === undefined) return () => UNJOINED;
  const multiline = multilineOf(config);
  return () => [multiline, multiline];
}

function multilineOf(config: MultilineConfig): Multiline {
  return { rule: ruleOf(config), maxWaitSeconds: maxWaitSeconds(config), maxLines: config.max_lines };
}

function ruleOf({ firstline, rules = [] }: MultilineConfig): RecordRule {
  if (firstline === undefined) return new TraceRules(rules);
  const pattern = compilePattern(firstline);
  assert(!('fault' in pattern), 'a configuration is checked before it is used');
  return new PatternRule(pattern, FROM_FIRST_LINE);
}

import type { StageConfig } from './config/stages-schema.ts';
import { maxWaitSeconds, type MultilineConfig } from './config/stages/multiline-schema.ts';
import { type ChannelMultiline, type Multiline, UNJOINED } from './model/multiline.ts';
import { TraceRules } from './records/trace-rules.ts';

/** What says how the lines of a source are joined, by its stages. One rule serves all sources that it is configured for. */
export function multilineBuilder(stages: readonly StageConfig[]): () => ChannelMultiline {
  const config = stages.find(({ multiline }) => multiline !== undefined)?.multiline;
  if (config === undefined) return () => UNJOINED;
  const multiline = multilineOf(config);
  return () => [multiline, multiline];
}

function multilineOf(config: MultilineConfig): Multiline {
  return { rule: new TraceRules(config.rules), maxWaitSeconds: maxWaitSeconds(config), maxLines: config.max_lines };
}

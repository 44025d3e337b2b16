import { ConfiguredStages } from './configured-stages.ts';

/** What stages extract from a line; `stages` is YAML, a list. */
export function extracting(stages: string): ConfiguredStages['extract'] {
  const configured = new ConfiguredStages(`stages: ${stages}`);
  return (line, before) => configured.extract(line, before);
}

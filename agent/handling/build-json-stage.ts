import assert from 'node:assert';
import type { StageParts } from './build-stages.ts';
import type { JsonConfig } from '../config/stages/json-schema.ts';
import { pathOf } from '../json/path-of.ts';
import { JsonStage, type JsonStageOptions } from '../process/json-stage.ts';

/** The stage `json` with its expressions compiled: paths, and what is more than a path. */
export function buildJsonStage({ expressions, source, drop_malformed: dropMalformed }: JsonConfig, parts: StageParts): JsonStage {
  const { extracted, countFiltered, texts } = parts;
  const fields: JsonStageOptions['fields'][number][] = [];
  const searches: JsonStageOptions['searches'][number][] = [];
  for (const [name, expression] of Object.entries(expressions)) {
    const slot = extracted.slotOf(name);
    const path = pathOf(expression);
    if (path !== null) fields.push({ slot, path });
    else searches.push({ slot, search: compiled(expression, parts) });
  }
  const from = source === undefined ? null : extracted.slotOf(source);
  return new JsonStage({ fields, searches, source: from, dropMalformed, texts, countFiltered });
}

function compiled(expression: string, { compileJmesPath }: StageParts): JsonStageOptions['searches'][number]['search'] {
  const search = compileJmesPath?.(expression);
  if (typeof search !== 'function') assert.fail(`${expression} was found to be JMESPath when the configuration was read`);
  return search;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stagesBuilder } from '../../agent/build-stages.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { Counters } from '../../agent/model/counters.ts';
import { SHAPES } from '../../agent/model/shape.ts';
import type { Stage } from '../../agent/process/stage.ts';
import { processed } from '../stages/entry.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/stages.md'), 'utf8');
const OUTPUTS = 'outputs: [{ name: loki, type: loki, url: "http://loki/push" }]\n';

interface Example {
  readonly stages: Stage;
  readonly line: string;
  /** As in the document. */
  readonly entry: string;
}

function stagesOf(yaml: string): Stage {
  const loaded = parseConfig('docs/stages.md', `${OUTPUTS}${yaml}`, { env: {}, hostname: 'node-1' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const stages = stagesBuilder(loaded.config, new Counters())();
  if (stages === null) throw new Error(`no stages in ${yaml}`);
  return stages;
}

/** Lines of text go through the stages of the last YAML before them. */
function examplesOf(document: string): Example[] {
  const examples: Example[] = [];
  let yaml = '';
  for (const [, language, content = ''] of document.matchAll(/^```(yaml|text)\n([^]*?)^```$/gm)) {
    if (language === 'yaml') {
      yaml = content;
      continue;
    }
    for (const example of content.trimEnd().split('\n\n')) {
      const [line = '', ...entry] = example.split('\n');
      examples.push({ stages: stagesOf(yaml), line: line.replace(/^in: {2}/, ''), entry: entry.join('\n') });
    }
  }
  return examples;
}

function entryOf({ stages, line }: Example): string {
  const { goesOn, text, metadata } = processed(stages, line);
  expect(goesOn).toBe(true);
  return [`out: ${text.toString()}`, ...(metadata ?? []).map(([name, value]) => `     ${name}=${value}`)].join('\n');
}

describe('docs/stages.md', () => {
  const examples = examplesOf(DOCUMENT);

  test('has examples', () => expect(examples.length).toBeGreaterThan(15));

  test.each(examples)('$line', (example) => expect(entryOf(example)).toBe(example.entry));

  test('has a section on every shape', () => {
    const headings = [...DOCUMENT.matchAll(/^### (.+)$/gm)].flatMap(([, names = '']) => names.split(', '));
    expect(headings.toSorted()).toStrictEqual([...SHAPES].sort());
  });
});

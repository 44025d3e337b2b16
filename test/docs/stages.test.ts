import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHAPES } from '../../agent/model/shape.ts';
import { ConfiguredStages } from '../stages/configured-stages.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/stages.md'), 'utf8');
/** What the document says that the container of its examples has. */
const LABELS = { namespace: 'shop', app: 'cart', container: 'app', stream: 'stdout' };

interface Example {
  readonly stages: ConfiguredStages;
  readonly line: string;
  /** As in the document. */
  readonly entry: string;
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
      examples.push({ stages: new ConfiguredStages(yaml, LABELS), line: lineOf(line), entry: entry.join('\n') });
    }
  }
  return examples;
}

/** Control characters stand in the document as their symbols. */
function lineOf(example: string): string {
  return example
    .replace(/^in: {2}/, '')
    .replaceAll('␛', '\x1b')
    .replaceAll('␇', '\x07');
}

describe('docs/stages.md', () => {
  const examples = examplesOf(DOCUMENT);

  test('has examples', () => expect(examples.length).toBeGreaterThan(15));

  test.each(examples)('$line', ({ stages, line, entry }) => expect(stages.describe(line)).toBe(entry));

  test('has a section on every shape', () => {
    const headings = [...DOCUMENT.matchAll(/^### (.+)$/gm)].flatMap(([, names = '']) => names.split(', '));
    expect(headings.toSorted()).toStrictEqual([...SHAPES].sort());
  });
});

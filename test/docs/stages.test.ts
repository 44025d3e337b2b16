import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHAPES } from '../../agent/model/shape.ts';
import { ConfiguredStages } from '../stages/configured-stages.ts';
import { joinedLines } from '../stages/joined-lines.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/stages.md'), 'utf8');
/** What the document says that the container of its examples has. */
const LABELS = { namespace: 'shop', app: 'cart', container: 'app', stream: 'stdout' };

interface Example {
  readonly stages: ConfiguredStages;
  /** As they go through the stages; more than were printed make one where they are joined. */
  readonly lines: readonly string[];
  /** As in the document. */
  readonly entries: string;
}

/** Lines of text go through the stages of the last YAML before them, one after the other. */
function examplesOf(document: string): Example[] {
  const examples: Example[] = [];
  let yaml = '';
  for (const [, language, content = ''] of document.matchAll(/^```(yaml|text)\n([^]*?)^```$/gm)) {
    if (language === 'yaml') {
      yaml = content;
      continue;
    }
    const stages = new ConfiguredStages(yaml, LABELS);
    for (const example of content.trimEnd().split('\n\n')) {
      const printed = [...example.matchAll(/^in: {2}(.*)\n/gm)];
      const entries = example.slice(printed.reduce((sum, [line]) => sum + line.length, 0));
      const lines = joinedLines(yaml, printed.map(lineOf), LABELS);
      examples.push({ stages: stages, lines, entries });
    }
  }
  return examples;
}

/** Control characters stand in the document as their symbols. */
function lineOf([, line = '']: RegExpExecArray): string {
  return line.replaceAll('␛', '\x1b').replaceAll('␇', '\x07');
}

describe('docs/stages.md', () => {
  const examples = examplesOf(DOCUMENT);

  test('has examples', () => expect(examples.length).toBeGreaterThan(15));

  test.each(examples)('$lines', ({ stages, lines, entries }) => {
    expect(lines.map((line) => stages.describe(line)).join('\n')).toBe(entries);
  });

  test('has a section on every shape', () => {
    const headings = [...DOCUMENT.matchAll(/^### (.+)$/gm)].flatMap(([, names = '']) => names.split(', '));
    expect(headings.toSorted()).toStrictEqual([...SHAPES].sort());
  });
});

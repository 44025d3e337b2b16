import { rfc3339Nano } from '../runtime/civil-time.ts';
import { terminalBytes, terminalText } from '../runtime/terminal-text.ts';
import type { DryEntry, SentEntry } from './dry-run.ts';
import type { StageStep } from './stage-trace.ts';

/** For people: the line, what each stage did to it, and what is sent. */
export function entryText({ line, sent, steps }: DryEntry): string {
  const said = steps.map((step) => `  ${'  '.repeat(step.depth)}${step.stage.padEnd(20 - 2 * step.depth)}${stepText(step)}\n`);
  return `${terminalBytes(line)}\n${said.join('')}${sent === null ? '  => left out\n' : sentText(sent)}\n`;
}

function stepText({ changes, goesOn }: StageStep): string {
  const said = changes.map(([what, value]) => (value === null ? `no ${what}` : `${what}=${JSON.stringify(terminalText(value))}`));
  return [...(said.length === 0 && goesOn ? ['-'] : said), ...(goesOn ? [] : ['left out'])].join(', ');
}

function sentText({ line, time, labels, metadata, tenant }: SentEntry): string {
  const whose = tenant === null ? '' : ` as ${tenant}`;
  return `  => ${rfc3339Nano(time)} {${pairs(labels)}} ${pairs(metadata)}${whose}\n     ${terminalBytes(line)}\n`;
}

function pairs(texts: ReadonlyMap<string, string>): string {
  return [...texts].map(([name, value]) => `${name}=${JSON.stringify(terminalText(value))}`).join(', ');
}

/** For programs: the same as one object on one line. */
export function entryJson({ line, sent, steps }: DryEntry): string {
  const shown = sent && {
    ...sent,
    line: sent.line.toString(),
    time: rfc3339Nano(sent.time),
    labels: Object.fromEntries(sent.labels),
    metadata: Object.fromEntries(sent.metadata),
  };
  const said = steps.map(({ changes, ...step }) => ({ ...step, changes: Object.fromEntries(changes) }));
  return `${JSON.stringify({ line: line.toString(), steps: said, sent: shown })}\n`;
}

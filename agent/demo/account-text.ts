import type { Tally } from './account.ts';
import { grouped } from './progress-view.ts';

/** What the demo can say only of the store it has itself. */
export interface AccountFacts {
  readonly containers: number;
  readonly rotations: number;
  /** The store is the embedded one, so entries that came twice were seen. */
  readonly sawResends: boolean;
}

/** Nothing is lost, doubled, changed or out of order. */
export function isSound({ lost, doubled, altered, disordered }: Tally): boolean {
  return lost === 0 && doubled === 0 && altered === 0 && disordered === 0;
}

/** The account as a table with a remark on each number, and the sentence that it comes to. */
export function accountText(tally: Tally, { containers, rotations, sawResends }: AccountFacts): string {
  const rows: [name: string, count: number, remark: string][] = [
    ['written', tally.written, `lines by ${containers} containers, whose logs were rotated ${rotations} times`],
    ['stored', tally.stored, 'different lines'],
    ['lost', tally.lost, 'lines written and not stored'],
    ['doubled', tally.doubled, 'lines stored twice, under another time, stream or metadata'],
    ['changed', tally.altered, 'lines stored with other bytes than were written'],
    ['out of order', tally.disordered, 'lines stored after a later one of their container and channel'],
  ];
  if (sawResends) rows.push(['sent again', tally.sentAgain, 'entries, byte for byte as before: Loki recognises them and keeps one']);
  const table = rows.map(([name, count, remark]) => `  ${name.padEnd(13)}${grouped(count).padStart(9)}   ${remark}\n`);
  return `\nThe account\n${table.join('')}\n${conclusion(tally)}\n`;
}

function conclusion(tally: Tally): string {
  if (isSound(tally)) return 'Every line is stored once, in order and byte for byte.';
  const faults = [
    tally.lost > 0 ? `${grouped(tally.lost)} lost` : '',
    tally.doubled > 0 ? `${grouped(tally.doubled)} doubled` : '',
    tally.altered > 0 ? `${grouped(tally.altered)} changed` : '',
    tally.disordered > 0 ? `${grouped(tally.disordered)} out of order` : '',
  ];
  return `This must not happen: ${faults.filter((fault) => fault !== '').join(', ')}.`;
}

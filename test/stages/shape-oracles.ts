import { isIPv4, isIPv6 } from 'node:net';
import type { Shape } from '../../agent/model/shape.ts';

/** The texts of a shape in a line of Latin-1 characters, found with regular expressions and no care for time. */
type Oracle = (line: string) => string[];

function regex(pattern: RegExp): Oracle {
  return (line) => [...line.matchAll(pattern)].map((match) => match.slice(1).find((group) => group !== undefined) ?? match[0]);
}

/** Escapes of JSON are no part of a word, and stay whole. */
function behindEscapes(oracle: Oracle): Oracle {
  return (line) => oracle(line.replaceAll(/\\(?:[bfnrt]|u[0-9A-Fa-f]{4})/g, (escape) => '\0'.repeat(escape.length)));
}

function luhn(digits: string): boolean {
  const sum = digits
    .split('')
    .reverse()
    .reduce((sum, digit, i) => {
      const value = Number(digit) * (1 + (i % 2));
      return sum + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** The longest number that begins at `start`; empty when none does. */
function cardAt(line: string, start: number): string {
  for (let digits = 19; digits >= 13; digits -= 1) {
    const pattern = new RegExp(`(?<![\\w.])[2-6](?:[ -]?\\d){${digits - 1}}(?!\\w|\\.\\d)`, 'y');
    pattern.lastIndex = start;
    const found = pattern.exec(line)?.[0];
    if (found !== undefined && luhn(found.replaceAll(/\D/g, ''))) return found;
  }
  return '';
}

function cards(line: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < line.length; ) {
    const card = cardAt(line, at);
    if (card !== '') found.push(card);
    at += Math.max(card.length, 1);
  }
  return found;
}

/** Node's own parser takes no leading zeros; an address in a log may have them. */
function withoutZeros(address: string): string {
  return address.replaceAll(/\b0{1,2}(?=\d)/g, '');
}

function ipv4(line: string): string[] {
  return regex(/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)/g)(line).filter((address) => isIPv4(withoutZeros(address)));
}

function ipv6(line: string): string[] {
  const addresses = regex(/(?<![\w.:])[0-9A-Fa-f:.]{3,}(?![\w.:])/g)(line).map((run) => run.replace(/\.+$/, '').replace(/([^:]):$/, '$1'));
  return addresses.filter((address) => address !== '::' && isIPv6(address.replace(/[\d.]*\.[\d.]*$/, withoutZeros)));
}

const WORD = `[^\\0- "'\\\\,;<>(){}[\\]]+`;

export const SHAPE_ORACLES: Readonly<Record<Shape, Oracle>> = {
  email: behindEscapes(regex(/[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*/g)),
  card: behindEscapes(cards),
  jwt: regex(/eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2,4}/g),
  bearer: regex(
    new RegExp(
      `(?:(?<!\\w)|(?<=(?-i:\\\\(?:[bfnrt]|u[0-9A-Fa-f]{4}))))bearer[ \\t]+(?:bearer[ \\t]+)*(${WORD})|` +
        `authorization[ \\t"'\\\\]*[:=][ \\t"'\\\\]*(?!bearer[ \\t])(${WORD}(?:[ \\t]+${WORD})?)`,
      'gi',
    ),
  ),
  aws_access_key: behindEscapes(regex(/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g)),
  private_key: regex(
    /^(?=.*[^0-9A-Fa-f\r])([A-Za-z0-9+/]{64})(?=\r?$)|-----BEGIN [A-Z0-9 ]{0,32}?PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,32}?PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  ipv4: behindEscapes(ipv4),
  ipv6: behindEscapes(ipv6),
};

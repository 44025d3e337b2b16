import { parseArgs } from 'node:util';

/** What `npm run bench` was asked for. */
export type BenchOptions =
  | { readonly kind: 'help' }
  | { readonly kind: 'misuse'; readonly message: string }
  | {
      readonly kind: 'scenarios';
      readonly names: readonly string[];
      /** Names of contestants; null for all that there are. */
      readonly only: readonly string[] | null;
      readonly runs: number;
      readonly scale: number;
    }
  | { readonly kind: 'short'; readonly record: boolean }
  | { readonly kind: 'profile'; readonly name: string; readonly scale: number };

const USUAL_RUNS = 5;

/** `known` are the scenarios; without a name all of them are meant. */
export function readOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  try {
    return optionsOf(args, known);
  } catch (error) {
    return { kind: 'misuse', message: (error as Error).message };
  }
}

function optionsOf(args: readonly string[], known: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      only: { type: 'string' },
      profile: { type: 'string' },
      record: { type: 'boolean' },
      runs: { type: 'string', default: String(USUAL_RUNS) },
      scale: { type: 'string', default: '1' },
      short: { type: 'boolean' },
    },
  });
  const scale = positive('--scale', values.scale);
  const names = [...positionals, ...(values.profile === undefined ? [] : [values.profile])];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} should be one of ${known.join(', ')}`);
  if (values.help === true) return { kind: 'help' };
  if (values.short === true || values.record === true) return { kind: 'short', record: values.record === true };
  if (values.profile !== undefined) return { kind: 'profile', name: values.profile, scale };
  const runs = Math.ceil(positive('--runs', values.runs));
  return { kind: 'scenarios', names: positionals.length === 0 ? known : positionals, only: values.only?.split(',') ?? null, runs, scale };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new Error(`${name} ${text} should be a number above 0`);
}

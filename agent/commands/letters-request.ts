import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { LetterFilter } from '../dead-letters/select-letters.ts';
import { findLetterFiles } from '../deliver/letter-files.ts';
import { DROP_REASONS } from '../model/verdict.ts';
import { type Host, type OptionValues, readOptions, unknownName } from './command.ts';

const ACTIONS = ['list', 'show', 'replay'] as const;
type Action = (typeof ACTIONS)[number];

/** What an operator wants done with which letters. */
export interface LettersRequest {
  readonly action: Action;
  readonly config: Config;
  readonly filter: LetterFilter;
  /** By the name of each output that is meant and has any: its files of dead letters. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly json: boolean;
  readonly raw: boolean;
  /** Letters to show at most. */
  readonly limit: number;
  readonly dryRun: boolean;
}

const OPTIONS = {
  config: { type: 'string' },
  output: { type: 'string' },
  reason: { type: 'string' },
  source: { type: 'string' },
  json: { type: 'boolean' },
  raw: { type: 'boolean' },
  limit: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

/** Options that one action alone has a use for. */
const BELONGS_TO: Readonly<Record<string, Action>> = { raw: 'show', limit: 'show', 'dry-run': 'replay' };

/** Why there is no request: lines for stderr. `help`: the arguments were wrong, and not the configuration. */
export interface NoRequest {
  readonly ok: false;
  readonly lines: readonly string[];
  readonly help: boolean;
}

/** Reads the arguments and the configuration. Rejects when the state directory cannot be read. */
export async function readLettersRequest(args: readonly string[], host: Host): Promise<{ ok: true; request: LettersRequest } | NoRequest> {
  const read = readOptions(args, OPTIONS, 1);
  const fault = read.ok ? argumentFault(read.values, read.operands[0]) : read.misuse;
  if (!read.ok || fault !== null) return misuse(fault ?? '');
  const { values } = read;
  const loaded = await loadConfig(values.config!, host);
  if (!loaded.ok) return { ok: false, lines: loaded.problems.map(formatProblem), help: false };
  const { config } = loaded;
  const found = await findLetterFiles(config.state_dir);
  const known = [...new Set([...config.outputs.map(({ name }) => name), ...found.keys()])];
  if (values.output !== undefined && !known.includes(values.output)) return misuse(unknownName('output', values.output, known));
  const files = new Map([...found].filter(([output]) => output === (values.output ?? output)));
  return { ok: true, request: { ...requestOf(values), action: read.operands[0] as Action, config, files } };
}

type Values = OptionValues<typeof OPTIONS>;

function requestOf({ reason, source, json, raw, limit, 'dry-run': dryRun }: Values): Omit<LettersRequest, 'action' | 'config' | 'files'> {
  return {
    filter: { reason: DROP_REASONS.find((known) => known === reason) ?? null, sourcePrefix: source ?? null },
    json: json === true,
    raw: raw === true,
    limit: limit === undefined ? Number.POSITIVE_INFINITY : Number(limit),
    dryRun: dryRun === true,
  };
}

function argumentFault(values: Values, action: string | undefined): string | null {
  const { config, reason, limit, raw, json } = values;
  if (action === undefined) return `say what to do: ${ACTIONS.join(', ')}`;
  if (!ACTIONS.some((known) => known === action)) return unknownName('action', action, ACTIONS);
  const stray = Object.keys(values).find((name) => (BELONGS_TO[name] ?? action) !== action);
  if (stray !== undefined) return `--${stray} goes with ${BELONGS_TO[stray]}`;
  if (config === undefined) return 'name the configuration file with --config FILE';
  if (reason !== undefined && !DROP_REASONS.some((known) => known === reason)) return unknownName('reason', reason, DROP_REASONS);
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) return `--limit ${limit} is no number of letters, write one from 1 on`;
  return raw === true && json === true ? '--raw and --json exclude each other, keep one of them' : null;
}

function misuse(message: string): NoRequest {
  return { ok: false, lines: [`logferry dead-letters: ${message}`], help: true };
}

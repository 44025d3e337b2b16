import { parseArgs } from 'node:util';
import { nearestName } from '../config/nearest-name.ts';
import type { Environment } from '../runtime/environment.ts';
import type { Wakeup } from '../runtime/wakeup.ts';

/** Exit codes of every command. */
export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_MISUSE = 2;

/** A command of the CLI. `main.ts` answers `--help` by itself and calls `run` once, with the arguments after the command's name. */
export interface Command {
  /** One line for the overview, without a full stop. */
  readonly summary: string;
  /** All that `--help` prints: usage, options, examples; ends with a line break. */
  readonly help: string;
  /** Resolves to the exit code once all is done and nothing of it keeps the process alive; rejects only over a bug. */
  run(args: readonly string[], host: Host): Promise<number>;
}

/** The process that a command runs in, so that commands never touch `process`. */
export interface Host {
  readonly env: Environment;
  /** What the process that has become this one left to it; null when there was none. */
  readonly handover: unknown;
  /**
   * Goes on from the start as a process with little memory, and nothing in it of what was needed so far but `handover`, which JSON must
   * be able to hold. Returns when this process is that one already, or cannot become it.
   */
  becomeLean(handover: unknown): void;
  readonly hostname: string;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Aborted at the first SIGTERM or SIGINT, and when nobody reads stdout any more. */
  readonly stop: AbortSignal;
  /** Rings at SIGHUP; the process of a command that runs for good does not end by it. */
  readonly hangup: Wakeup;
  /** `execPath entry <command> ...` starts another process of this very program. */
  readonly execPath: string;
  readonly entry: string;
  readonly version: string;
  /** CPU seconds since the start, and resident bytes now. */
  usage(): { readonly cpuSeconds: number; readonly residentBytes: number };
}

export interface Terminal {
  /** Text, or bytes as they are. */
  write(data: string | Uint8Array): void;
  readonly isTTY: boolean;
  /** Width in characters, now; 80 when it is no terminal. */
  readonly columns: number;
}

/** The long options that a command takes, by name without the dashes. */
export type Options = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;

/** What was given: absent options are absent. */
export type OptionValues<T extends Options> = { readonly [K in keyof T]?: T[K]['type'] extends 'string' ? string : true };

/**
 * Reads the arguments of a command: options, as `--name value`, `--name=value` or `--flag`, and no more than `maxOperands` words
 * between them. A misuse is a line for stderr that says what to write instead; the command then ends with EXIT_MISUSE.
 */
export function readOptions<const T extends Options>(
  args: readonly string[],
  options: T,
  maxOperands = 0,
): { ok: true; values: OptionValues<T>; operands: readonly string[] } | { ok: false; misuse: string } {
  // Not strict: the messages for misuse are our own.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string | true>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      operands.push(token.value);
      if (operands.length <= maxOperands) continue;
      return { ok: false, misuse: `unexpected argument ${JSON.stringify(token.value)}; options begin with --` };
    }
    const misuse = optionFault(token, options) ?? (values.has(token.name) ? `${token.rawName} is given twice, give it once` : null);
    if (misuse !== null) return { ok: false, misuse };
    values.set(token.name, token.value ?? true);
  }
  return { ok: true, values: Object.fromEntries(values) as OptionValues<T>, operands };
}

/** Says that `name` is no known one, with the nearest that is. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(
    name.replace(/^-+/, ''),
    known.map((candidate) => candidate.replace(/^-+/, '')),
  );
  const meant = known.find((candidate) => candidate.replace(/^-+/, '') === nearest);
  return meant === undefined ? `unknown ${what} ${name}; known: ${known.join(', ')}` : `unknown ${what} ${name}, did you mean ${meant}?`;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function optionFault({ name, rawName, value, inlineValue }: OptionToken, options: Options): string | null {
  const option = Object.hasOwn(options, name) && rawName === `--${name}` ? options[name] : undefined;
  if (option === undefined) {
    const known = [...Object.keys(options), 'help'].map((candidate) => `--${candidate}`);
    return unknownName('option', rawName, known);
  }
  if (option.type === 'boolean') return value === undefined ? null : `${rawName} takes no value, write it alone`;
  // A value may begin with a dash only after =, else a forgotten value would swallow the option that follows.
  const isMissing = value === undefined || value === '' || (inlineValue !== true && value.startsWith('-'));
  return isMissing ? `${rawName} needs a value, write ${rawName}=VALUE` : null;
}

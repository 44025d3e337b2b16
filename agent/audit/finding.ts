import type { Problem } from '../config/problem.ts';
import { terminalText } from '../runtime/terminal-text.ts';

/** What `audit check` looks for, each with what it means. */
export const CHECKS = {
  unreadable: 'The file cannot be read, or is no YAML.',
  'wrong-document': 'The API server takes only documents of audit.k8s.io/v1, kind Policy, with at least one rule.',
  'unknown-field': 'The API server ignores a field that it does not know, with a warning in its log.',
  'given-twice': 'Which of two fields of the same name counts is left to the parser.',
  'wrong-value': 'The API server does not start with a value of the wrong type, or with an unknown level or stage.',
  'wrong-group': 'API groups are DNS names without a version; the API server does not start with another.',
  'wrong-rule': 'The API server does not start with a rule that contradicts itself.',
  'leaks-secrets': 'Secrets, ConfigMaps, service account tokens and token reviews hold credentials: record them at Metadata at most.',
  'meaningless-wildcard': 'Names are compared as they stand. A * where none is meant matches nothing.',
  'matches-nothing': 'No request has this value, so that what is written here has no effect.',
  'rule-matches-nothing': 'No request meets all conditions of the rule.',
  'shadowed-rule': 'Earlier rules match every request that this one does; the first rule that matches decides.',
  'no-catch-all': 'A request that no rule matches is not recorded.',
  'lost-stages': 'Leaving a stage out loses what is recorded at no other.',
  'wider-than-documented': 'The API server compares the part before the slash alone: pods/* matches pods too.',
  undecided: 'The rules are too entangled to be searched through.',
} as const;
export type Check = keyof typeof CHECKS;

/** An `error` has to be repaired; a `warning` may be meant. */
export type Severity = 'error' | 'warning';

/** Something about a policy that its author should know. */
export interface Finding extends Problem {
  readonly check: Check;
  readonly severity: Severity;
  /** A request that shows it, in words; null: none is needed. */
  readonly example: string | null;
  /** YAML to put into the policy; null: the message says what to do. */
  readonly fix: string | null;
}

/**
 * `file:line:column severity[check] key: message`, and below it the example and the repair. A policy may come from anyone, and its names are
 * shown as they are: they neither end a line nor reach the terminal as controls.
 */
export function formatFinding({ file, place, key, message, severity, check, example, fix }: Finding): string {
  const where = place === null ? file : `${file}:${place.line}:${place.column}`;
  const lines = [terminalText(`${where}: ${severity}[${check}]${key === '' ? '' : ` ${key}`}: ${message}`)];
  if (example !== null) lines.push(terminalText(`  for example ${example}`));
  if (fix !== null)
    lines.push(
      '  put before it:',
      ...fix
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    );
  return `${lines.join('\n')}\n`;
}

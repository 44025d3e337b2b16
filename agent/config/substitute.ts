import type { Environment } from '../runtime/environment.ts';

export interface SubstitutionFault {
  /** The expression as written, to be found again in the file. */
  readonly expression: string;
  readonly message: string;
}

/** `$${` | `${NAME}` | `${NAME:-default}` | any other `${...}`, closed or not. */
const EXPRESSION = /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^{}]*))?\}|\$\{[^}]*\}?/g;

/**
 * Replaces `${NAME}` by the variable's value, and `${NAME:-default}` by the default when the variable is unset or empty, as a
 * shell does; `$${` stands for `${` itself. What is put in is not looked at again. Null: there was nothing to replace.
 */
export function substitute(text: string, env: Environment): { text: string; faults: readonly SubstitutionFault[] } | null {
  if (!text.includes('${')) return null;
  const faults: SubstitutionFault[] = [];
  const replaced = text.replaceAll(EXPRESSION, (...match) => {
    const expression: string = match[0];
    if (expression === '$${') return '${';
    const { name, fallback } = match.at(-1) as { name?: string; fallback?: string };
    if (name === undefined) {
      faults.push({
        expression,
        message: `${expression} is not understood, write \${NAME} or \${NAME:-default}, or $\${ for the characters \${`,
      });
      return expression;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value !== undefined) return value;
    faults.push({ expression, message: `the environment variable ${name} is not set, set it or write \${${name}:-default}` });
    return expression;
  });
  return { text: replaced, faults };
}

import { parseConfig } from '../../agent/config/load.ts';
import { formatProblem } from '../../agent/config/problem.ts';

/** The smallest list of outputs, on one line. */
export const OUTPUTS = 'outputs: [{name: main, type: loki, url: "http://loki/push"}]';

/** The problems that a configuration has, as an operator sees them. */
export function problemsOf(text: string, env: Readonly<Record<string, string>> = {}): string[] {
  const loaded = parseConfig('f.yaml', text, { env, hostname: 'host-1' });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

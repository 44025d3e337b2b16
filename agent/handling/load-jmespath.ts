import type { StageConfig } from '../config/stages-schema.ts';
import type { JmesPath } from '../json/jmespath.ts';
import { pathOf } from '../json/path-of.ts';

export type CompileJmesPath = (expression: string) => JmesPath | { readonly fault: string };

/** What compiles expressions of JMESPath; loaded only where a `json` stage has one that is more than a path, else null. */
export async function loadJmesPath(stages: readonly StageConfig[]): Promise<CompileJmesPath | null> {
  if (!stages.some(needsJmesPath)) return null;
  return (await import('../json/jmespath.ts')).compileJmesPath;
}

function needsJmesPath({ json, match }: StageConfig): boolean {
  const expressions = Object.values(json?.expressions ?? {});
  return expressions.some((expression) => pathOf(expression) === null) || (match?.stages ?? []).some(needsJmesPath);
}

import type { JsonPath } from './json-paths.ts';

/** `identifier` of the grammar of JMESPath, with a dot before it but for the first: letters, digits and _, or a string of JSON. */
const STEP = /(?:^|(?<!^)\.)(?:([A-Za-z_]\w*)|("(?:[^"\\]|\\.)+"))/y;

/** The path that a JMESPath expression is when it is nothing but names with dots between; null: it is more than that. */
export function pathOf(expression: string): JsonPath | null {
  const path: string[] = [];
  STEP.lastIndex = 0;
  for (let step = STEP.exec(expression); step !== null; step = STEP.exec(expression)) {
    const name = step[1] ?? unquoted(step[2]!);
    if (name === null) return null;
    path.push(name);
    if (STEP.lastIndex === expression.length) return path;
  }
  return null;
}

function unquoted(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}

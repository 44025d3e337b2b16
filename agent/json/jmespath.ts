import { compile, TreeInterpreter } from '@jmespath-community/jmespath';

/** Finds a value in a document as JSON.parse makes it, which it does not change. Undefined: the expression cannot be applied to this one. */
export type JmesPath = (document: unknown) => unknown;

/** Functions of JMESPath (jmespath.org/specification.html); the library has more, of which Promtail knows nothing. */
const FUNCTIONS: ReadonlySet<unknown> = new Set(
  (
    'abs avg ceil contains ends_with floor join keys length map max max_by merge min min_by not_null reverse sort sort_by starts_with ' +
    'sum to_array to_number to_string type values'
  ).split(' '),
);
/** What the library has beyond JMESPath's own grammar: a name like `request-id` without quotes would silently be a difference. */
const BEYOND_GRAMMAR: ReadonlySet<unknown> = new Set(['Arithmetic', 'Unary', 'Ternary', 'Root', 'LetExpression', 'Variable']);
/**
 * How many times an expression may repeat what it finds. `[@,@][]` doubles a list and `to_string([@])` the backslashes in a text, so that a
 * few of them in a row would need all memory.
 */
const MOST_REPEATS = 64;

/** A node of the tree that the library makes of an expression. */
interface TreeNode {
  readonly type: string;
  readonly name?: unknown;
  readonly children?: readonly unknown[];
}

/** An expression of JMESPath, ready to be used; or what is wrong with it. */
export function compileJmesPath(expression: string): JmesPath | { readonly fault: string } {
  const parsed = parse(expression);
  if ('fault' in parsed) return parsed;
  const { tree } = parsed;
  const fault = faultOf(nodesIn(tree));
  if (fault !== null) return { fault };
  return (document) => {
    // The library throws where a function is given a value of another type.
    try {
      return TreeInterpreter.search(tree, document as never);
    } catch {
      return undefined;
    }
  };
}

function parse(expression: string): { readonly tree: ReturnType<typeof compile> } | { readonly fault: string } {
  try {
    return { tree: compile(expression) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function faultOf(nodes: readonly TreeNode[]): string | null {
  const unknown = nodes.find(({ type, name }) => type === 'Function' && !FUNCTIONS.has(name));
  if (unknown !== undefined) return `${String(unknown.name)} is no function of JMESPath`;
  if (nodes.some(({ type }) => BEYOND_GRAMMAR.has(type)))
    return 'an operator that JMESPath does not have, put names like "request-id" in double quotes';
  const selects = nodes.filter(({ type }) => type === 'MultiSelectList' || type === 'MultiSelectHash');
  const repeats = selects.reduce((product, { children = [] }) => product * Math.max(children.length, 2), 1);
  return repeats > MOST_REPEATS
    ? `it may repeat what it finds ${repeats} times, write one that selects less than ${MOST_REPEATS} times`
    : null;
}

/** All nodes of a tree but for those that are values. */
function nodesIn(tree: unknown): TreeNode[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const isNode = 'type' in tree && typeof tree.type === 'string';
  if (isNode && tree.type === 'Literal') return [];
  const within = Object.values(tree).flatMap(nodesIn);
  return isNode ? [tree as TreeNode, ...within] : within;
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  /** What keys have in common, stages above all. */
  readonly $defs?: Readonly<Record<string, Node>>;
}

/** The last names of all keys that a JSON Schema describes. */
function keysOf(node: Node): string[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.items === undefined ? [] : [node.items])].flatMap(keysOf);
  return [...Object.entries(node.properties ?? {}).flatMap(([key, value]) => [key, ...keysOf(value)]), ...inner];
}

const SCHEMA = JSON.parse(read('agent/config/schema.json')) as Node;

test('docs/stages.md names every key of stages', () => {
  const document = read('docs/stages.md');
  const headings = new Set([...document.matchAll(/^## (.+)$/gm)].flatMap(([, names = '']) => names.split(', ')));
  const keys = keysOf(SCHEMA.$defs!['stage']!);
  expect(keys).toContain('shapes');
  expect(keys.filter((key) => !headings.has(key) && !document.includes(`\`${key}\``))).toStrictEqual([]);
});

describe('README.md', () => {
  const readme = read('README.md');

  test('names every key of the configuration', () => {
    const keys = new Set(keysOf(SCHEMA));
    expect(keys.size).toBeGreaterThan(40);
    expect([...keys].filter((key) => !readme.includes(key))).toStrictEqual([]);
  });

  test('names only metrics that there are', () => {
    const metrics = globSync('agent/serve/*.ts', { cwd: ROOT }).map(read).join('\n');
    const named = new Set(readme.match(/logferry_[a-z_]+/g));
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((name) => !metrics.includes(`'${name}'`))).toStrictEqual([]);
  });

  test('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const documents = readme + read('CONTRIBUTING.md');
    const named = [...documents.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toStrictEqual([]);
  });
});

test('every invariant of ARCHITECTURE.md is named by the title of a test', () => {
  const invariants = [...read('ARCHITECTURE.md').matchAll(/^- \*\*(I\d)\*\*/gm)].map(([, name]) => name!);
  expect(invariants).toHaveLength(9);
  const tests = globSync('test/**/*.test.ts', { cwd: ROOT }).map(read).join('\n');
  const titles = [...tests.matchAll(/(?:test|it|describe)(?:\.each\([^)]*\))?\(\s*['"`]([^'"`]*)/g)].map(([, title]) => title!).join('\n');
  expect(invariants.filter((name) => !new RegExp(`\\b${name}\\b`).test(titles))).toStrictEqual([]);
});

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import config from '../../rolldown.config.ts';

const ROOT = join(import.meta.dirname, '../..');

function sbom(): string {
  return execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' });
}

/** Of a path like `node_modules/@scope/name/file.js`. */
function packageOf(path: string): string {
  const [first = '', second = ''] = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** Those of which the build takes any module. */
async function bundledPackages(): Promise<Set<string>> {
  await using bundle = await rolldown({ ...config, cwd: ROOT });
  const { output } = await bundle.generate();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return new Set(modules.filter((path) => path.includes('node_modules/')).map(packageOf));
}

test('the bill of materials has every package of the bundle, with its version and hash, and none of development', async () => {
  const { components, metadata } = JSON.parse(sbom()) as {
    components: { name: string; version: string; hashes?: object[] }[];
    metadata: { component: { name: string } };
  };
  const names = new Set(components.map(({ name }) => name));
  const bundled = await bundledPackages();
  expect(bundled.size).toBeGreaterThan(5);
  expect([...bundled].filter((name) => !names.has(name))).toStrictEqual([]);
  for (const [name, version] of Object.entries(packageJson.dependencies))
    expect(components).toContainEqual(expect.objectContaining({ name, version }));
  expect(components.filter(({ hashes }) => hashes === undefined)).toStrictEqual([]);
  expect(Object.keys(packageJson.devDependencies).filter((name) => names.has(name))).toStrictEqual([]);
  expect(metadata.component.name).toBe('logferry');
});

test('the bill of materials is the same for the same packages', () => {
  expect(sbom()).toBe(sbom());
});

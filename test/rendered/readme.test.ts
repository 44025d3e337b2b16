import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { tempDir } from '../support/temp-dir.ts';
import { agentOf, daemonSetOf, expectConfined } from './agent-pod.ts';
import { helmTemplate, kustomize, type RenderedObject } from './render.ts';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
/** The YAML of "Install on a cluster": helm's values, then a kustomization. */
const [values, kustomization] = examplesOf('Install on a cluster');
/** The YAML of "Configuration". */
const [config] = examplesOf('Configuration');

function examplesOf(heading: string): string[] {
  const section = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`))!;
  return [...section.matchAll(/^( *)```yaml\n([^]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(`\n${indent}`, '\n').trimStart(),
  );
}

function configOf(objects: readonly RenderedObject[]): unknown {
  const { data } = objects.find(({ kind }) => kind === 'ConfigMap')!;
  return parseConfig('config.yaml', data!['config.yaml']!, { env: { NODE_NAME: 'node-1' }, hostname: 'not asked for' });
}

describe('README.md', () => {
  test('its values make a pod that reads its password where the configuration says', () => {
    const objects = helmTemplate(parse(values!) as object);
    expectConfined(objects);
    expect(agentOf(objects)['image']).toMatch(/^registry\.example\/logferry:/);
    const { mountPath } = agentOf(objects).volumeMounts.find(({ name }) => name === 'secret-0')!;
    expect(configOf(objects)).toMatchObject({
      ok: true,
      config: { node_name: 'node-1', outputs: [{ basic_auth: { password_file: `${mountPath}/password` } }] },
    });
  });

  test('its kustomization makes a pod of that image, with the configuration beside it', async () => {
    await using dir = await tempDir();
    writeFileSync(join(dir.path, 'config.yaml'), config!);
    writeFileSync(join(dir.path, 'kustomization.yaml'), kustomization!.replace('path/to/logferry', relative(dir.path, ROOT)));
    const objects = kustomize(dir.path);
    expectConfined(objects);
    expect(agentOf(objects)['image']).toBe('registry.example/logferry:0.1.0');
    expect(configOf(objects)).toMatchObject({ ok: true, config: { cluster: 'prod-eu', outputs: [{ tenant: 'team-a' }] } });
    const { volumes } = daemonSetOf(objects).spec.template.spec;
    expect(volumes).toContainEqual({
      name: 'config',
      configMap: { name: objects.find(({ kind }) => kind === 'ConfigMap')!.metadata.name },
    });
  });
});

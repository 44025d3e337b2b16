import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testCommand } from '../../agent/commands/test.ts';
import { runCommand } from '../support/command-host.ts';
import { tempDir } from '../support/temp-dir.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/config-tests.md'), 'utf8');
const CONFIG = `
outputs: [{ name: loki, type: loki, url: "http://loki/push" }]
containers: { exclude: [{ namespace: kube-system }] }
stages: [{ redact: { shapes: [email] } }, { level: {} }]
`;

test('the tests in docs/config-tests.md hold', async () => {
  await using dir = await tempDir();
  const [config, tests] = [join(dir.path, 'logferry.yaml'), join(dir.path, 'tests.yaml')];
  const [, yaml = ''] = /^```yaml\n([^]*?)^```$/m.exec(DOCUMENT) ?? [];
  writeFileSync(config, CONFIG);
  writeFileSync(tests, yaml);
  const { code, stdout, stderr } = await runCommand(testCommand, ['--config', config, tests], {});
  expect([code, stderr, stdout]).toStrictEqual([0, '', expect.stringContaining('2 of 2 tests hold')]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../agent/audit/finding.ts';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { policyFile, THREE_RULES } from '../support/policy-file.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
const ALICE = ['--user', 'alice', '--verb', 'create', '--resource', 'pods', '--namespace', 'shop'];

test('docs/audit.md has a row for every check, and no other', () => {
  const rows = [...DOCUMENT.matchAll(/^\| `([a-z-]+)` +\| (?:error|warning)/gm)].map(([, check]) => check!);
  expect(rows.toSorted()).toStrictEqual(Object.keys(CHECKS).sort());
});

test('what docs/audit.md shows of explain is what it prints', async () => {
  const { stdout } = await runCommand(auditCommand, ['explain', await policyFile(THREE_RULES), ...ALICE]);
  expect(DOCUMENT).toContain(`\`\`\`text\n${stdout}\`\`\`\n`);
});

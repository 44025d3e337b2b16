import { checkPolicy } from '../audit/check-policy.ts';
import { type Finding, formatFinding } from '../audit/finding.ts';
import { openPolicy } from '../audit/policy-document.ts';
import { readPolicy } from '../audit/read-policy.ts';
import { toSarif } from '../audit/sarif.ts';
import { inFileOrder } from '../config/problem.ts';
import type { AuditAction } from './audit-action.ts';
import { EXIT_FAILED, EXIT_MISUSE, EXIT_OK, type Host, readOptions } from './command.ts';

/** `logferry audit check`. */
export const auditCheck: AuditAction = { run };

async function run(args: readonly string[], host: Host): Promise<number | string> {
  const read = readOptions(args, { json: { type: 'boolean' }, sarif: { type: 'boolean' }, strict: { type: 'boolean' } }, 1);
  if (!read.ok) return read.misuse;
  const [file] = read.operands;
  const { json = false, sarif = false, strict = false } = read.values;
  if (file === undefined) return 'name the policy file';
  if (json && sarif) return '--json and --sarif exclude each other, keep one of them';
  const opened = await openPolicy(file);
  const findings = opened.ok ? findingsOf(opened.document) : opened.findings;
  const isOk = opened.ok && findings.every(({ severity }) => severity === 'warning' && !strict);
  if (sarif) host.stdout.write(toSarif(findings, host.version));
  else if (json) host.stdout.write(`${JSON.stringify({ ok: isOk, findings }, null, 2)}\n`);
  else host.stdout.write(report(file, findings));
  if (isOk) return EXIT_OK;
  return opened.ok ? EXIT_FAILED : EXIT_MISUSE;
}

function findingsOf(document: Parameters<typeof readPolicy>[0]): Finding[] {
  const { policy, findings } = readPolicy(document);
  return inFileOrder(policy === null ? findings : [...findings, ...checkPolicy(document, policy)]);
}

function report(file: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `${file}: nothing found\n`;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${findings.map(formatFinding).join('')}${file}: errors: ${errors}, warnings: ${findings.length - errors}\n`;
}

import { type Finding, formatFinding } from '../audit/finding.ts';
import type { Policy } from '../audit/policy.ts';
import { openPolicy } from '../audit/policy-document.ts';
import { readPolicy } from '../audit/read-policy.ts';
import { EXIT_FAILED, EXIT_MISUSE, type Host } from './command.ts';

/** A policy that an API server takes, or the exit code of a command that needs one; what is wrong with the file goes to stderr. */
export async function loadPolicy(file: string, host: Host): Promise<{ ok: true; policy: Policy } | { ok: false; code: number }> {
  const opened = await openPolicy(file);
  if (!opened.ok) {
    report(opened.findings, host);
    return { ok: false, code: EXIT_MISUSE };
  }
  const { policy, findings } = readPolicy(opened.document);
  report(findings, host);
  return policy === null ? { ok: false, code: EXIT_FAILED } : { ok: true, policy };
}

function report(findings: readonly Finding[], host: Host): void {
  for (const finding of findings) host.stderr.write(formatFinding(finding));
}

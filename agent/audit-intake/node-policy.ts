import { formatFinding } from '../audit/finding.ts';
import { openPolicy } from '../audit/policy-document.ts';
import { readPolicy } from '../audit/read-policy.ts';
import type { Policy } from '../audit/policy.ts';

/** The policy of a file, for what leaves this node. Rejects with code EPOLICY and all that is wrong with it when it is none. */
export async function readNodePolicy(file: string): Promise<Policy> {
  const opened = await openPolicy(file);
  const { policy, findings } = opened.ok ? readPolicy(opened.document) : { policy: null, findings: opened.findings };
  if (policy !== null) return policy;
  const message = `audit.policy_file is no audit policy:\n${findings.map(formatFinding).join('')}`;
  throw Object.assign(new Error(message), { code: 'EPOLICY' });
}

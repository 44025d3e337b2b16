import type { Finding } from '../../agent/audit/finding.ts';
import type { Policy } from '../../agent/audit/policy.ts';
import { checkPolicy } from '../../agent/audit/check-policy.ts';
import { parsePolicyDocument, type PolicyDocument } from '../../agent/audit/policy-document.ts';
import { readPolicy } from '../../agent/audit/read-policy.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

/** A document of what comes below the head, which takes its first two lines. */
function documentOf(body: string): PolicyDocument {
  const opened = parsePolicyDocument('policy.yaml', `${HEAD}${body}`);
  if (!opened.ok) throw new Error(JSON.stringify(opened.findings));
  return opened.document;
}

/** The policy of a document that the API server takes. */
export function policyOf(body: string): Policy {
  const { policy, findings } = readPolicy(documentOf(body));
  if (policy === null) throw new Error(JSON.stringify(findings));
  return policy;
}

/** All findings of a document. */
export function findingsOf(body: string): Finding[] {
  const document = documentOf(body);
  const { policy, findings } = readPolicy(document);
  return policy === null ? [...findings] : [...findings, ...checkPolicy(document, policy)];
}

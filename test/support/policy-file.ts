import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp-dir.ts';

/** A file with that text, gone when the test is over. */
export async function policyFile(text: string): Promise<string> {
  const directory = await tempDir();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const file = join(directory.path, 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

/** What watches of kube-proxy, pods and all else come to. */
export const THREE_RULES = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  users: ["system:kube-proxy"]
  verbs: ["watch"]
- level: Request
  resources:
  - group: ""
    resources: ["pods"]
- level: Metadata
`;

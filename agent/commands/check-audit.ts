import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkPolicy } from '../audit/check-policy.ts';
import { openPolicy } from '../audit/policy-document.ts';
import { readPolicy } from '../audit/read-policy.ts';
import { keyName, type Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';

/** What is wrong around the audit log that a configuration names: `errors` keep the agent from running, or from being safe. */
export interface AuditRemarks {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Looks at the directory of the audit log and at the policy of the node. `file` is the configuration's. */
export async function checkAudit(file: string, { audit }: Config): Promise<AuditRemarks> {
  const { log_path: logPath, policy_file: policyFile, webhook } = audit;
  if (logPath === undefined && webhook === undefined) return { errors: [], warnings: [] };
  const { errors, warnings } = logPath === undefined ? { errors: [], warnings: [] } : await logRemarks(file, logPath);
  if (policyFile === undefined || errors.length > 0) return { errors, warnings };
  const ofPolicy = await policyRemarks(policyFile);
  return { errors: ofPolicy.errors, warnings: [...warnings, ...ofPolicy.warnings] };
}

async function logRemarks(file: string, logPath: string): Promise<AuditRemarks> {
  const remark = (message: string): Problem => ({ file, place: null, key: keyName(['audit', 'log_path']), message });
  const trouble = await directoryTrouble(dirname(logPath));
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const warnings = trouble === null ? [] : [remark(trouble)];
  if (!isMountPoint(logPath, mounts)) return { errors: [], warnings };
  return { errors: [remark(`${logPath} is mounted as a file, which is not followed over rotations: mount its directory`)], warnings };
}

async function directoryTrouble(directory: string): Promise<string | null> {
  return readdir(directory).then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => `${directory} ${code === 'ENOENT' ? 'does not exist here' : `can not be listed here (${code})`}`,
  );
}

/** Whether a path is one of the mount points in the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function isMountPoint(path: string, mountinfo: string): boolean {
  return mountinfo.split('\n').some((line) => unescaped(line.split(' ')[4] ?? '') === path);
}

/** Space, tab, LF and backslash stand there as three octal digits. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** A policy lowers what leaves: what is wrong with its rules is a warning, what makes it none is an error. */
async function policyRemarks(policyFile: string): Promise<AuditRemarks> {
  const opened = await openPolicy(policyFile);
  if (!opened.ok) return { errors: opened.findings, warnings: [] };
  const { policy, findings } = readPolicy(opened.document);
  return policy === null
    ? { errors: findings, warnings: [] }
    : { errors: [], warnings: [...findings, ...checkPolicy(opened.document, policy)] };
}

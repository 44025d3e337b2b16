import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KUBEADM, STATIC_POD } from '../audit/enabling.ts';
import { GOOD_POLICY } from '../audit/good-policy.ts';
import type { AuditAction } from './audit-action.ts';
import { EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';

/** What `init` writes, by the name of the file. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['audit-policy.yaml', GOOD_POLICY],
  ['kube-apiserver-audit.yaml', STATIC_POD],
  ['kubeadm-audit.yaml', KUBEADM],
]);

/** `logferry audit init`. */
export const auditInit: AuditAction = { run };

async function run(args: readonly string[], host: Host): Promise<number | string> {
  const read = readOptions(args, { dir: { type: 'string' }, json: { type: 'boolean' } });
  if (!read.ok) return read.misuse;
  const { dir, json = false } = read.values;
  if (json && dir !== undefined) return '--json and --dir exclude each other, keep one of them';
  if (dir !== undefined) return writeAll(dir, host);
  host.stdout.write(json ? `${JSON.stringify({ files: Object.fromEntries(FILES) }, null, 2)}\n` : asOne());
  return EXIT_OK;
}

/** The policy, and how to enable it as comments below. */
function asOne(): string {
  const others = [STATIC_POD, KUBEADM].map((text) => text.trimEnd().replace(/^(?!#)/gm, '# '));
  return `${[GOOD_POLICY.trimEnd(), ...others].join('\n\n')}\n`;
}

async function writeAll(dir: string, host: Host): Promise<number> {
  try {
    await mkdir(dir, { recursive: true });
    for (const [name, text] of FILES) {
      await writeFile(join(dir, name), text, { flag: 'wx' });
      host.stdout.write(`wrote ${join(dir, name)}\n`);
    }
    return EXIT_OK;
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('ERR_')) throw error;
    const what = code === 'EEXIST' ? `${path} is there already, and is left as it is; move it away, or name another directory` : message;
    host.stderr.write(`logferry audit init: ${what}\n`);
    return EXIT_FAILED;
  }
}

import { writeFile } from 'node:fs/promises';
import { type WebhookClient, webhookKubeconfig } from '../audit/webhook-kubeconfig.ts';
import { isSystemError } from '../runtime/system-error.ts';
import { terminalText } from '../runtime/terminal-text.ts';
import type { AuditAction } from './audit-action.ts';
import { EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';

const OPTIONS = {
  url: { type: 'string' },
  'ca-file': { type: 'string' },
  'client-cert': { type: 'string' },
  'client-key': { type: 'string' },
  'token-file': { type: 'string' },
  out: { type: 'string' },
} as const;
const PATHS = ['ca-file', 'client-cert', 'client-key', 'token-file'] as const;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

type Values = { readonly [name in keyof typeof OPTIONS]?: string };

/** `logferry audit webhook-config`. */
export const auditWebhookConfig: AuditAction = { run };

async function run(args: readonly string[], host: Host): Promise<number | string> {
  const read = readOptions(args, OPTIONS);
  if (!read.ok) return read.misuse;
  const client = clientOf(read.values);
  if (typeof client === 'string') return client;
  const text = webhookKubeconfig(client);
  if (read.values.out !== undefined) return writeTo(read.values.out, text, host);
  host.stdout.write(text);
  return EXIT_OK;
}

/** What was asked for, or what is wrong with it. */
function clientOf(values: Values): WebhookClient | string {
  const { url, 'ca-file': caFile, 'client-cert': certFile, 'client-key': keyFile, 'token-file': tokenFile = null } = values;
  if (url === undefined) return '--url is missing, write the address of audit.webhook.listen as https://HOST:PORT';
  const wrongUrl = urlFaultOf(url);
  if (wrongUrl !== null) return `--url ${wrongUrl}`;
  if (caFile === undefined) return "--ca-file is missing, write the path of the certificate that the receiver's is signed by";
  for (const name of PATHS) {
    if (values[name] !== undefined && !/^\/[\x20-\x7e]+$/.test(values[name])) return `--${name} is no absolute path in ASCII, write one`;
  }
  if ((certFile === undefined) !== (keyFile === undefined)) return '--client-cert and --client-key belong together, give both';
  const certificate = certFile === undefined || keyFile === undefined ? null : { certFile, keyFile };
  if (certificate === null && tokenFile === null && !LOOPBACK.has(new URL(url).hostname)) {
    return 'nothing says who the API server is, give --client-cert and --client-key, or --token-file';
  }
  return { url, caFile, certificate, tokenFile };
}

function urlFaultOf(text: string): string | null {
  const url = /^https:\/\/[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  if (url === null) return 'is no HTTPS address, write one like https://10.0.0.1:9097';
  if (url.username !== '' || url.password !== '') return 'holds credentials, write --token-file';
  return url.pathname === '/' && url.search === '' && url.hash === '' ? null : 'has a path, leave it out: events are taken at /';
}

async function writeTo(path: string, text: string, host: Host): Promise<number> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    host.stdout.write(`wrote ${terminalText(path)}\n`);
    return EXIT_OK;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const isThere = error.code === 'EEXIST';
    const what = isThere ? `${path} is there already, and is left as it is; move it away, or name another file` : error.message;
    host.stderr.write(`logferry audit webhook-config: ${terminalText(what)}\n`);
    return EXIT_FAILED;
  }
}

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { ApiClient } from './api-client.ts';
import type { Etcd } from './etcd.ts';
import { ADMIN, tokenFile } from './identities.ts';
import { ServerProcess } from './server-process.ts';

/** A real kube-apiserver on loopback, without controllers or nodes. */
export class ApiServer implements AsyncDisposable {
  readonly client: ApiClient;
  readonly #process: ServerProcess;
  readonly #dir: TempDir;

  private constructor(client: ApiClient, process: ServerProcess, dir: TempDir) {
    this.client = client;
    this.#process = process;
    this.#dir = dir;
  }

  /** Resolves once it is ready. `flags` go beside those that say where the audit log is. */
  static async start(etcd: Etcd, policy: string, flags: readonly string[] = []): Promise<ApiServer> {
    await using starting = new AsyncDisposableStack();
    const dir = starting.use(await tempDir());
    writeFiles(dir.path, policy);
    const port = await freePort();
    const args = [...argumentsOf(dir.path, port, etcd), ...flags];
    const process = starting.use(new ServerProcess('kube-apiserver', args, join(dir.path, 'log')));
    const client = starting.use(new ApiClient(port));
    await eventually(async () => {
      process.expectRunning();
      const { status } = await client.send(ADMIN, { method: 'GET', path: '/readyz' });
      if (status !== 200) throw new Error(`the API server is not ready: ${status}`);
    });
    starting.move();
    return new ApiServer(client, process, dir);
  }

  /** The live file of the audit log. */
  get auditPath(): string {
    return join(this.#dir.path, 'audit/audit.log');
  }

  /** The files of the audit log, rotated ones first; none before the first event. */
  get auditFiles(): string[] {
    const directory = join(this.#dir.path, 'audit');
    if (!existsSync(directory)) return [];
    // A time follows the dash of a rotated file, and the dash comes before the point of the live one.
    const names = readdirSync(directory).sort();
    return names.map((name) => join(directory, name));
  }

  /** Every line of the audit log so far. */
  get auditLines(): string[] {
    return this.auditFiles.flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(0, -1));
  }

  /** Ends it as an operator does; all events are in the log then. */
  async stop(): Promise<void> {
    this.client.close();
    await this.#process.end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.#process[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

function writeFiles(dir: string, policy: string): void {
  // An API server does not read the keys of service accounts as PKCS#8.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const files = {
    'audit-policy.yaml': policy,
    'tokens.csv': tokenFile(),
    'tls.crt': LOOPBACK_CERT,
    'tls.key': LOOPBACK_KEY,
    'service-accounts.key': privateKey.export({ type: 'sec1', format: 'pem' }),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content, { mode: 0o600 });
}

function argumentsOf(dir: string, port: number, { url }: Etcd): string[] {
  return [
    `--etcd-servers=${url}`,
    '--etcd-compaction-interval=0',
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${join(dir, 'tls.crt')}`,
    `--tls-private-key-file=${join(dir, 'tls.key')}`,
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dir, 'service-accounts.key')}`,
    `--service-account-signing-key-file=${join(dir, 'service-accounts.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    // Pods without a controller that makes service accounts.
    '--disable-admission-plugins=ServiceAccount',
    `--audit-policy-file=${join(dir, 'audit-policy.yaml')}`,
    `--audit-log-path=${join(dir, 'audit/audit.log')}`,
  ];
}

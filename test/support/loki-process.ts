import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePort } from './free-port.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

const SHIPPED = join(import.meta.dirname, '../../manifests/loki');
const PATIENCE_MS = 30_000;

interface ShippedOptions {
  readonly alertmanagerUrl: string;
  /** A file of rules by tenant. */
  readonly rules: Readonly<Record<string, string>>;
  readonly overrides?: string;
  /** In place of the shipped auth_enabled. */
  readonly auth?: boolean;
}

/** The program itself, which .ci/servers/loki builds; null where there is none. In CI that is a failure: a skipped suite looks just like a green one. */
export function lokiProgram(): string | null {
  const program = process.env['LOGFERRY_LOKI'] ?? null;
  if (program === null && process.env['CI'] !== undefined)
    throw new Error('LOGFERRY_LOKI is not set: it has to name what .ci/servers/loki/build.sh makes');
  return program;
}

export function shippedLokiFile(path: string): string {
  return readFileSync(join(SHIPPED, path), 'utf8');
}

/** A real Loki, with the configuration of manifests/loki: its ports, its folders, and where alerts go are the test's, nothing else. */
export class LokiProcess implements AsyncDisposable {
  readonly url: string;
  readonly #dir: TempDir;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #printed = '';

  private constructor(program: string, dir: TempDir, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#dir = dir;
    this.#child = spawn(program, [`-config.file=${join(dir.path, 'loki.yaml')}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#printed += text));
    this.#exited = once(this.#child, 'exit');
  }

  static async start(program: string, options: ShippedOptions): Promise<LokiProcess> {
    await using starting = new AsyncDisposableStack();
    const dir = await tempDir();
    const port = await freePort();
    writeShipped(dir.path, options, { http_listen_port: port, grpc_listen_port: await freePort() });
    const loki = starting.use(new LokiProcess(program, dir, port));
    await loki.#ready();
    starting.move();
    return loki;
  }

  /** Starts with files that Loki refuses, until it says `words`; throws when it does not. */
  static async refuses(program: string, options: ShippedOptions, words: string): Promise<void> {
    await using dir = await tempDir();
    const port = await freePort();
    writeShipped(dir.path, options, { http_listen_port: port, grpc_listen_port: await freePort() });
    await using loki = new LokiProcess(program, dir, port);
    const deadline = Date.now() + PATIENCE_MS;
    // Having said so it may stay for good, without rules, or waiting for parts of it that never began.
    while (!loki.#printed.includes(words)) {
      if (Date.now() > deadline) throw new Error(`Loki does not refuse:\n${loki.#printed.slice(-4000)}`);
      await sleep(50);
    }
  }

  /** Where it keeps everything. */
  get dataDir(): string {
    return join(this.#dir.path, 'data');
  }

  /** An answer of its HTTP API, of one tenant. */
  async get(path: string, tenant: string): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { headers: { 'X-Scope-OrgID': tenant } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} ${response.status}: ${text}`);
    return text;
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (this.#child.exitCode !== null || Date.now() > deadline) throw new Error(`Loki is not ready:\n${this.#printed.slice(-4000)}`);
      const answer = await fetch(`${this.url}/ready`).catch(() => null);
      if (answer?.status === 200) return;
      await sleep(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    await this.#dir[Symbol.asyncDispose]();
  }
}

function writeShipped(dir: string, { alertmanagerUrl, rules, overrides, auth }: ShippedOptions, server: object): void {
  const moved = shippedLokiFile('loki.yaml')
    .replaceAll('/etc/loki', join(dir, 'etc'))
    .replaceAll(/(?<= )\/loki/g, join(dir, 'data'));
  const config = parse(moved) as { server: object; ruler: object };
  Object.assign(config.server, { ...server, http_listen_address: '127.0.0.1', grpc_listen_address: '127.0.0.1', log_level: 'warn' });
  Object.assign(config.ruler, { alertmanager_url: alertmanagerUrl });
  // It would say that it is ready after 15 s, and after 10 s with the first alone.
  const hasty = {
    ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
    frontend: { scheduler_dns_lookup_period: '1s' },
    frontend_worker: { dns_lookup_duration: '1s' },
  };
  writeFileSync(join(dir, 'loki.yaml'), stringify({ ...config, ...hasty, ...(auth === undefined ? {} : { auth_enabled: auth }) }));
  for (const [tenant, text] of Object.entries(rules)) {
    mkdirSync(join(dir, 'etc/rules', tenant), { recursive: true });
    writeFileSync(join(dir, 'etc/rules', tenant, 'audit.yaml'), text);
  }
  mkdirSync(join(dir, 'etc'), { recursive: true });
  writeFileSync(join(dir, 'etc/overrides.yaml'), overrides ?? shippedLokiFile('overrides.yaml'));
}

import { resolve } from 'node:path';
import type { FileOrText, Kubeconfig } from '../model/kubeconfig.ts';

/** A mapping of the file, and its place there, as `users[0].user`. */
interface Part {
  readonly key: string;
  readonly fields: ReadonlyMap<unknown, unknown>;
}

interface Fault {
  readonly key: string;
  readonly message: string;
}

const INSTEAD = 'name a token or a client certificate, such as `kubectl create token` and a kubeadm cluster give';
const PASSWORD = `no API server takes passwords since Kubernetes 1.19; ${INSTEAD}`;
const IMPERSONATION = `the agent asks for nobody but itself; ${INSTEAD}`;

/** What a user may have that the agent has no part in, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  exec: `it names a program, and the agent, which is root, runs none; ${INSTEAD}`,
  'auth-provider': `no client has these since Kubernetes 1.26; ${INSTEAD}`,
  username: PASSWORD,
  password: PASSWORD,
  as: IMPERSONATION,
  'as-uid': IMPERSONATION,
  'as-groups': IMPERSONATION,
  'as-user-extra': IMPERSONATION,
};

/** Whoever a context names no user for. */
const NOBODY: Part = { key: '', fields: new Map() };

/** Reads a kubeconfig as kubectl does, but for what it refuses (client-go tools/clientcmd: client_config.go, validation.go). */
export class KubeconfigReader {
  readonly faults: Fault[] = [];
  readonly #top: Part;
  readonly #directory: string;

  /** `content` as `parseYamlStrings` gives it: Maps, arrays and strings. */
  constructor(content: unknown, directory: string) {
    this.#top = { key: '', fields: content instanceof Map ? content : new Map() };
    this.#directory = directory;
  }

  /** Null when anything is wrong with the current context; then there are faults. */
  read(): Kubeconfig | null {
    const current = textOf(this.#top, 'current-context');
    if (current === null) return this.#refuse('current-context', 'names no context, write one with kubectl config use-context NAME');
    const context = this.#named('contexts', 'context', current);
    if (context === null) return null;
    const cluster = this.#named('clusters', 'cluster', textOf(context, 'cluster') ?? '');
    const userName = textOf(context, 'user');
    const user = userName === null ? NOBODY : this.#named('users', 'user', userName);
    if (cluster === null || user === null) return null;
    const kubeconfig = { ...this.#server(cluster), ...this.#identity(user) };
    return this.faults.length === 0 ? kubeconfig : null;
  }

  #refuse(key: string, message: string): null {
    this.faults.push({ key, message });
    return null;
  }

  #named(list: 'contexts' | 'clusters' | 'users', kind: string, name: string): Part | null {
    const items = this.#top.fields.get(list);
    const maps: readonly unknown[] = Array.isArray(items) ? items : [];
    const index = maps.findIndex((item) => item instanceof Map && item.get('name') === name);
    if (index === -1) return this.#refuse(list, `has none of the name ${JSON.stringify(name)}, which the current context asks for`);
    const fields: unknown = (maps[index] as Map<unknown, unknown>).get(kind);
    // A user without anything is written as null, or not at all.
    return { key: `${list}[${index}].${kind}`, fields: fields instanceof Map ? fields : new Map() };
  }

  #server(cluster: Part): Pick<Kubeconfig, 'server' | 'serverName' | 'insecureSkipVerify' | 'proxyUrl' | 'ca'> {
    const server = textOf(cluster, 'server') ?? '';
    if (!isHttp(server)) this.#refuse(`${cluster.key}.server`, 'not the address of an API server, write one like https://10.96.0.1:443');
    const proxyUrl = textOf(cluster, 'proxy-url');
    if (proxyUrl !== null && !isHttp(proxyUrl)) this.#refuse(`${cluster.key}.proxy-url`, 'not an HTTP proxy, write http://host:port');
    const ca = this.#pem(cluster, 'certificate-authority');
    const skip = `${cluster.key}.insecure-skip-tls-verify`;
    const insecureSkipVerify = textOf(cluster, 'insecure-skip-tls-verify') === 'true';
    if (insecureSkipVerify && ca !== null) this.#refuse(skip, 'true beside a certificate authority, remove one of the two');
    return { server, serverName: textOf(cluster, 'tls-server-name'), insecureSkipVerify, proxyUrl, ca };
  }

  #identity(user: Part): Pick<Kubeconfig, 'cert' | 'key' | 'token'> {
    for (const [name, message] of Object.entries(REFUSED)) {
      if (isGiven(user.fields.get(name))) this.#refuse(`${user.key}.${name}`, message);
    }
    const [cert, key] = [this.#pem(user, 'client-certificate'), this.#pem(user, 'client-key')];
    if ((cert === null) !== (key === null)) this.#refuse(user.key, 'client-certificate and client-key need each other, write both');
    const [file, text] = [textOf(user, 'tokenFile'), textOf(user, 'token')];
    if (file !== null) return { cert, key, token: { file: resolve(this.#directory, file) } };
    return { cert, key, token: text === null ? null : { text } };
  }

  /** Data in the file comes before a path. */
  #pem(part: Part, name: string): FileOrText | null {
    const data = textOf(part, `${name}-data`);
    const file = textOf(part, name);
    if (data === null) return file === null ? null : { file: resolve(this.#directory, file) };
    const text = Buffer.from(data, 'base64').toString('latin1');
    return text.includes('-----BEGIN ') ? { text } : this.#refuse(`${part.key}.${name}-data`, 'no PEM in base64, write it anew');
  }
}

/** Null for what is not there: empty, or null in the words of YAML, which never is a name or a secret. */
function textOf({ fields }: Part, name: string): string | null {
  const value = fields.get(name);
  return typeof value === 'string' && isGiven(value) ? value : null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== 'null' && value !== '~';
}

function isHttp(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
}

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { V1ObjectMeta, V1Status } from '@kubernetes/client-node';
import { LoopbackServer } from '../../agent/demo/loopback-server.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from './loopback-tls.ts';

/** As much of a pod as a test says. */
export interface FakePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace?: string;
  readonly nodeName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Who wrote which fields; without it one short entry. */
  readonly managedFields?: readonly object[];
  readonly owner?: { readonly kind: string; readonly name: string };
}

/** What happens to one request instead of what should. */
export type ApiFault =
  /** This answer; without a body a Status of that code, as Kubernetes answers. */
  | { readonly kind: 'answer'; readonly status: number; readonly message?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'reset' }
  /** A watch that begins well and has these bytes in it, then ends. */
  | { readonly kind: 'bytes'; readonly text: string };

interface Watcher {
  readonly response: ServerResponse;
  readonly nodeName: string;
}

export interface ApiRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

const NODE_FIELD = 'spec.nodeName=';
const SHORT_FIELDS: readonly object[] = [{ manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': {} } }];

/**
 * The part of an API server that tells of pods: lists and watches with versions, bookmarks when told to, a history that can be cut off,
 * and faults. Strict where a real one is: it knows its token, its resource and its selector, and refuses versions that it does not know.
 */
export class FakeApiServer implements AsyncDisposable {
  readonly lists: ApiRequest[] = [];
  readonly watches: ApiRequest[] = [];
  /** The only token it takes; null takes anybody. */
  token: string | null = null;
  /** Faults for the next lists and watches, in order. */
  readonly listFaults: ApiFault[] = [];
  readonly watchFaults: ApiFault[] = [];
  /** It lets watches begin with all pods, as servers of 1.34 and later do. */
  streams = false;
  /** Labels of the namespaces that there are, those that were asked for, and faults for the next requests for one. */
  readonly namespaces: Map<string, Readonly<Record<string, string>>> = new Map();
  readonly namespacesAsked: string[] = [];
  readonly namespaceFaults: ApiFault[] = [];
  readonly #tls: boolean;
  readonly #pods = new Map<string, { readonly pod: FakePod; readonly version: number }>();
  #history: { readonly type: string; readonly pod: FakePod; readonly version: number }[] = [];
  #version = 100;
  /** The oldest version that a watch may begin at. */
  #oldest = 100;
  readonly #watchers = new Set<Watcher>();
  readonly #server: LoopbackServer;

  private constructor(tls: boolean) {
    this.#tls = tls;
    const handle = (request: IncomingMessage, response: ServerResponse): Promise<void> => Promise.resolve(this.#answer(request, response));
    this.#server = new LoopbackServer(handle, systemClock, (listener) =>
      tls ? createHttpsServer({ cert: LOOPBACK_CERT, key: LOOPBACK_KEY }, listener) : createServer(listener),
    );
  }

  static async start({ tls = false }: { readonly tls?: boolean } = {}): Promise<FakeApiServer> {
    const server = new FakeApiServer(tls);
    await server.up();
    return server;
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#server.port;
  }

  up(): Promise<void> {
    return this.#server.up();
  }

  /** Refuses connections and cuts those there are. */
  async down(): Promise<void> {
    this.#watchers.clear();
    await this.#server.down();
  }

  put(pod: FakePod): void {
    const type = this.#pods.has(pod.uid) ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    this.#pods.set(pod.uid, { pod, version: this.#version });
    this.#tell(type, pod);
  }

  remove(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) throw new Error(`no pod ${uid}`);
    this.#version += 1;
    this.#pods.delete(uid);
    this.#tell('DELETED', known.pod);
  }

  #tell(type: string, pod: FakePod): void {
    this.#history.push({ type, pod, version: this.#version });
    for (const watcher of this.#watchers) if (watcher.nodeName === nodeOf(pod)) send(watcher, type, objectOf(pod, this.#version));
  }

  /** Sends every watch a bookmark. */
  bookmark(): void {
    this.#version += 1;
    const object = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version), creationTimestamp: null } };
    for (const watcher of this.#watchers) send(watcher, 'BOOKMARK', object);
  }

  /** Sends every watch an ERROR event and ends it. */
  fail(code: number, reason: string): void {
    for (const watcher of this.#watchers) {
      send(watcher, 'ERROR', statusOf(code, reason));
      watcher.response.end();
    }
    this.#watchers.clear();
  }

  /** Ends every watch in good order. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  /** Cuts the connection of every watch, in the middle of an event. */
  cutWatches(): void {
    for (const { response } of this.#watchers) response.write('{"type":"ADDED","obj', () => response.destroy());
    this.#watchers.clear();
  }

  /** Leaves every watch open and never says anything on it again. */
  muteWatches(): void {
    this.#watchers.clear();
  }

  /** Forgets all that has happened: a watch can only begin now. */
  compact(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    this.#history = [];
  }

  get watching(): number {
    return this.#watchers.size;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.url);
    const [, namespace] = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(url.pathname) ?? [];
    if (namespace !== undefined) return this.#namespace(namespace, response);
    const query = url.searchParams;
    const seen: ApiRequest = { query, headers: request.headers };
    const isWatch = query.get('watch') === '1';
    (isWatch ? this.watches : this.lists).push(seen);
    const fault = (isWatch ? this.watchFaults : this.listFaults).shift();
    const selector = query.get('fieldSelector') ?? '';
    if (fault !== undefined) return suffer(fault, response);
    if (url.pathname !== '/api/v1/pods' || !selector.startsWith(NODE_FIELD)) return refuse(response, 404, 'no such resource');
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`) return refuse(response, 401, 'Unauthorized');
    const nodeName = selector.slice(NODE_FIELD.length);
    if (isWatch) this.#watch(query, { response, nodeName });
    else this.#list(query, nodeName, response);
  }

  #namespace(name: string, response: ServerResponse): void {
    this.namespacesAsked.push(name);
    const fault = this.namespaceFaults.shift();
    if (fault !== undefined) return suffer(fault, response);
    const labels = this.namespaces.get(name);
    if (labels === undefined) return refuse(response, 404, `namespaces "${name}" not found`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'PartialObjectMetadata', metadata: { name, resourceVersion: '1', labels } }));
  }

  #list(query: URLSearchParams, nodeName: string, response: ServerResponse): void {
    const wanted = query.get('resourceVersion');
    if (wanted !== null && Number(wanted) > this.#version) return refuse(response, 504, tooLarge(wanted, this.#version));
    const items = [...this.#pods.values()].filter(({ pod }) => nodeOf(pod) === nodeName).map(({ pod, version }) => objectOf(pod, version));
    response.writeHead(200, { 'content-type': 'application/json' });
    const metadata = { resourceVersion: String(this.#version) };
    response.end(JSON.stringify({ kind: 'PartialObjectMetadataList', metadata, items: items.length === 0 ? null : items }));
  }

  #watch(query: URLSearchParams, watcher: Watcher): void {
    const from = Number(query.get('resourceVersion'));
    const isInitial = query.get('sendInitialEvents') === 'true';
    if (isInitial && !this.streams) return refuse(watcher.response, 422, 'sendInitialEvents: Forbidden');
    if (from > this.#version) return refuse(watcher.response, 504, tooLarge(String(from), this.#version));
    watcher.response.writeHead(200, { 'content-type': 'application/json' });
    watcher.response.flushHeaders();
    if (isInitial) this.#begin(watcher);
    else if (from < this.#oldest) {
      send(watcher, 'ERROR', statusOf(410, 'Expired'));
      watcher.response.end();
      return;
    }
    for (const { type, pod, version } of this.#history) {
      if (!isInitial && version > from && nodeOf(pod) === watcher.nodeName) send(watcher, type, objectOf(pod, version));
    }
    this.#watchers.add(watcher);
    watcher.response.on('close', () => this.#watchers.delete(watcher));
  }

  /** All pods, then a bookmark that says so (apiserver pkg/storage/cacher/cache_watcher.go). */
  #begin(watcher: Watcher): void {
    for (const { pod, version } of this.#pods.values())
      if (nodeOf(pod) === watcher.nodeName) send(watcher, 'ADDED', objectOf(pod, version));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    send(watcher, 'BOOKMARK', { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version), annotations } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}

function suffer(fault: ApiFault, response: ServerResponse): void {
  if (fault.kind === 'reset') response.destroy();
  else if (fault.kind === 'answer') refuse(response, fault.status, fault.message ?? 'a fault of the test', fault.headers);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(fault.text);
}

function refuse(response: ServerResponse, code: number, message: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(statusOf(code, message)));
}

function statusOf(code: number, message: string): V1Status {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
}

function tooLarge(wanted: string, current: number): string {
  return `Timeout: Too large resource version: ${wanted}, current: ${current}`;
}

function send({ response }: Watcher, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function nodeOf({ nodeName = 'node-1' }: FakePod): string {
  return nodeName;
}

function objectOf(
  { uid, name, namespace = 'shop', labels, annotations, owner, managedFields = SHORT_FIELDS }: FakePod,
  version: number,
): object {
  const ownerReferences = owner === undefined ? [] : [{ apiVersion: 'apps/v1', ...owner, uid: `${owner.name}-uid`, controller: true }];
  const metadata: V1ObjectMeta = {
    name,
    namespace,
    uid,
    resourceVersion: String(version),
    labels: { ...labels },
    annotations: { ...annotations },
    ownerReferences,
    managedFields: [...managedFields],
  };
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

import type { Pod } from '../model/pod.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { HttpClient, type HttpEnd } from '../runtime/http-client.ts';
import { SecretFile } from '../runtime/secret-file.ts';
import type { ApiAddress } from './api-address.ts';
import { EventLines } from './event-lines.ts';
import { fieldOf } from './field-of.ts';
import type { NamespaceServer } from './namespaces.ts';
import { podOf, textsOf, versionOf } from './pod-of.ts';
import type { PodList, PodServer, WatchFrom } from './pod-watch.ts';
import { type Trouble, trouble, troubleOfStatus } from './trouble.ts';
import { parsed, type WatchEvent, watchEvent } from './watch-event.ts';

/** Of pods the metadata alone, which is a fraction; servers that cannot do that send pods (client-go metadata/metadata.go). */
const ACCEPT_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const ACCEPT_EVENTS = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
/** More than an object may have: etcd takes requests of 1.5 MiB, and escapes may double it. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;
/** As many bytes as a thousand pods have in full. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
/** Longest part of a refusal that is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** Events of pods come one by one: so long they are left to come together. */
const PAUSE_MS = 100;
/** One is taken by the watch; the other is opened when it is needed. */
const CONNECTIONS = 2;
/** Without a kubeconfig the token alone says who asks. */
const NO_TLS = { certFile: null, keyFile: null, insecureSkipVerify: false };

export interface ApiServerOptions {
  readonly address: ApiAddress;
  readonly nodeName: string;
  readonly userAgent: string;
  /** Annotations of pods that are wanted by their names. */
  readonly annotations?: ReadonlySet<string>;
  /** For tests; absent: the system's. */
  readonly clock?: Clock;
  /** Hears the HTTP status of every request, or `network` or `timeout`. */
  readonly onRequest: (code: string) => void;
}

/** What is asked of the server. */
interface Question {
  readonly path: string;
  readonly accept: string;
  readonly pauseMs?: number;
}

/** The pods of one node, and namespaces, over the API server's HTTP API. */
export class ApiServer implements NamespaceServer, PodServer, AsyncDisposable {
  readonly #options: ApiServerOptions;
  readonly #client: HttpClient;
  readonly #token: { read(): string } | null;
  /** What a path begins with: a server may stand behind another one. */
  readonly #root: string;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    const { url, caFile, tokenFile, token, proxy } = options.address;
    const tls = { ...(options.address.tls ?? NO_TLS), caFile };
    this.#client = new HttpClient(
      { url, timeoutMs: CONNECT_TIMEOUT_MS, connections: CONNECTIONS, tls, proxy, pausedBytes: 1 },
      options.clock ?? systemClock,
    );
    this.#token = tokenFile === null ? textOf(token) : new SecretFile(tokenFile);
    this.#root = new URL(url).pathname.replace(/\/+$/, '');
  }

  async list(version: string | null, signal: AbortSignal): Promise<PodList | Trouble> {
    const body = new Body();
    const query: Record<string, string> = version === null ? {} : { resourceVersion: version };
    const trouble = await this.#get(
      { path: this.#podsPath(query), accept: ACCEPT_LIST },
      (chunk) => body.take(chunk, MAX_LIST_BYTES),
      signal,
    );
    return trouble ?? listOf(body, this.#options.annotations);
  }

  async watch({ version, timeoutSeconds, isInitial }: WatchFrom, take: (event: WatchEvent) => void, signal: AbortSignal): Promise<Trouble> {
    const lines = new EventLines(MAX_EVENT_BYTES);
    let fault: Trouble | null = null;
    const takeLine = (line: Buffer): boolean => {
      const event = watchEvent(line, this.#options.annotations);
      if (event.kind === 'trouble') fault = event;
      else take(event);
      return fault === null;
    };
    const takeChunk = (chunk: Buffer): boolean => {
      const goesOn = lines.feed(chunk, takeLine);
      if (!goesOn) fault ??= trouble('malformed', `an event of more than ${MAX_EVENT_BYTES} bytes`);
      return goesOn;
    };
    const query = {
      watch: '1',
      ...(version === null ? {} : { resourceVersion: version }),
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(timeoutSeconds),
      ...(isInitial ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
    };
    const failed = await this.#get({ path: this.#podsPath(query), accept: ACCEPT_EVENTS, pauseMs: PAUSE_MS }, takeChunk, signal);
    return fault ?? failed ?? trouble('closed', 'the server has ended the watch');
  }

  /** Any state that the server has at hand will do. Of a namespace that is gone there are no labels. */
  async namespaceLabels(name: string, signal: AbortSignal): ReturnType<NamespaceServer['namespaceLabels']> {
    const body = new Body();
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}?resourceVersion=0`;
    const failed = await this.#get({ path, accept: ACCEPT_EVENTS }, (chunk) => body.take(chunk, MAX_EVENT_BYTES), signal);
    if (failed !== null) return failed.status === 404 ? { kind: 'labels', labels: {} } : failed;
    const object = body.json();
    if (versionOf(object) === null) return trouble('malformed', 'an answer that is no namespace');
    return { kind: 'labels', labels: textsOf(fieldOf(fieldOf(object, 'metadata'), 'labels')) };
  }

  #podsPath(query: Record<string, string>): string {
    const search = new URLSearchParams({ fieldSelector: `spec.nodeName=${this.#options.nodeName}`, ...query });
    return `/api/v1/pods?${search.toString()}`;
  }

  /** Null once an answer of status 200 has been taken. */
  async #get({ path, accept, ...rest }: Question, take: (chunk: Buffer) => boolean, signal: AbortSignal): Promise<Trouble | null> {
    const { onRequest, userAgent } = this.#options;
    const headers: Record<string, string> = { accept, 'user-agent': userAgent };
    try {
      if (this.#token !== null) headers['authorization'] = `Bearer ${this.#token.read()}`;
    } catch (error) {
      return trouble('refused', `the token cannot be read: ${(error as Error).message}`);
    }
    const refusal = new Body();
    const request = { path: `${this.#root}${path}`, headers, ...rest };
    const isTaken = (chunk: Buffer, status: number): boolean => (status === 200 ? take(chunk) : refusal.take(chunk, MAX_REFUSAL_BYTES));
    const end = await this.#client.get(request, isTaken, signal);
    onRequest(end.kind === 'end' ? String(end.status) : end.reason);
    return troubleOf(end, refusal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }
}

function textOf(token: string | undefined): { read(): string } | null {
  return token === undefined ? null : { read: () => token };
}

/** A body that is looked at as a whole. */
class Body {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  whole = true;

  /** Returns false once it is longer than `maxBytes`. */
  take(chunk: Buffer, maxBytes: number): boolean {
    this.#bytes += chunk.length;
    this.whole = this.#bytes <= maxBytes;
    if (this.whole) this.#chunks.push(chunk);
    return this.whole;
  }

  /** Undefined when it is no JSON. */
  json(): unknown {
    return parsed(Buffer.concat(this.#chunks).toString());
  }
}

function troubleOf(end: HttpEnd, refusal: Body): Trouble | null {
  if (end.kind === 'failure') return trouble('network', end.detail);
  return end.status === 200 ? null : troubleOfStatus(end.status, refusal.json(), end.retryAfter);
}

function listOf(body: Body, asked: ReadonlySet<string> | undefined): PodList | Trouble {
  if (!body.whole) return trouble('malformed', `a list of more than ${MAX_LIST_BYTES} bytes`);
  const list = body.json();
  const version = versionOf(list);
  const items = fieldOf(list, 'items');
  if (version === null) return trouble('malformed', 'an answer that is no list of pods');
  const pods = Array.isArray(items) ? items.map((item) => podOf(item, asked)).filter((pod): pod is Pod => pod !== null) : [];
  return { kind: 'list', pods, version };
}

import { ADMIN, type Identity, serviceAccount } from './identities.ts';
import { ApiServer } from './api-server.ts';
import type { Etcd } from './etcd.ts';
import { NAMESPACE, type RecordedRequest, recordedRequests } from './recorded-requests.ts';

/** What an API server wrote down under one policy. */
export interface Recording {
  readonly requests: Readonly<Record<string, RecordedRequest>>;
  /** The lines of the log that are about a request, by its name, in order. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  /** Of all requests: those that the API server makes of itself as well. */
  readonly all: readonly string[];
  /** So many of them were there when the server was told to stop, which ends its own watches. */
  readonly beforeStop: number;
  /** The files of the log, rotated ones first. */
  readonly files: readonly string[];
  /** The token of the service account that makes some of the requests. */
  readonly token: string;
}

export interface RecordOptions {
  /** Of the API server, beside those that name the policy and the log. */
  readonly flags?: readonly string[];
  /** What happens meanwhile, spread over the requests. */
  readonly meanwhile?: readonly (() => Promise<void>)[];
}

/** Starts an API server with the policy, makes every request once, and reads the log when the server has ended. */
export async function record(etcd: Etcd, policy: string, { flags = [], meanwhile = [] }: RecordOptions = {}): Promise<Recording> {
  await using server = await ApiServer.start(etcd, policy, flags);
  const account = await deployer(server);
  const requests = recordedRequests(account);
  const stretch = Math.ceil(Object.keys(requests).length / (meanwhile.length + 1));
  for (const [index, [name, { who, call }]] of Object.entries(requests).entries()) {
    if (index > 0 && index % stretch === 0) await meanwhile[index / stretch - 1]!();
    // The API server takes the id that a client gives.
    await server.client.send(who, { ...call, headers: { ...call.headers, 'audit-id': idOf(name) } });
  }
  const beforeStop = server.auditLines.length;
  await server.stop();
  const all = server.auditLines;
  const byId = Map.groupBy(all, (line) => (JSON.parse(line) as { auditID: string }).auditID);
  const lines = new Map(Object.keys(requests).map((name) => [name, byId.get(idOf(name)) ?? []]));
  return { requests, lines, all, beforeStop, files: server.auditFiles, token: account.token! };
}

function idOf(name: string): string {
  return name.replaceAll(' ', '-');
}

/** A service account with the token that the API server has issued. */
async function deployer({ client }: ApiServer): Promise<Identity> {
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  const create = async (path: string, body: object): Promise<string> => {
    const answer = await client.send(ADMIN, { method: 'POST', path, body });
    // Those of the policy before are still there.
    if (![200, 201, 409].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer' } });
  const answer = await create(`${accounts}/deployer/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  return serviceAccount(NAMESPACE, 'deployer', (JSON.parse(answer) as { status: { token: string } }).status.token);
}

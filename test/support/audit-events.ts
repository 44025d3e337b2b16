import { randomUUID } from 'node:crypto';
import { protobufPush, type PushStream } from './push-body.ts';

/** What differs between the events of a test; the rest is a `get` of a pod that was answered. */
export interface EventOf {
  readonly user?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly code?: number;
  readonly stage?: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly uri?: string;
  readonly userAgent?: string;
  readonly auditID?: string;
  readonly requestObject?: object;
  readonly responseObject?: object;
}

/** One event as a stream of a push, with the labels and metadata that the agent gives it. */
function auditStream(cluster: string, nanos: bigint, event: EventOf): PushStream {
  const { user = 'alice', verb = 'get', code = 200, stage = 'ResponseComplete', auditID = randomUUID() } = event;
  const resource = event.resource ?? (event.uri === undefined ? 'pods' : '');
  const namespace = event.namespace ?? (resource === '' ? '' : 'shop');
  const line = JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID,
    stage,
    requestURI: event.uri ?? `/api/v1/namespaces/${namespace}/${resource}/${event.name ?? ''}`,
    verb,
    user: { username: user, groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: event.userAgent ?? 'kubectl/v1.37.2',
    ...(resource === '' ? {} : { objectRef: { resource, namespace, name: event.name, apiVersion: 'v1', subresource: event.subresource } }),
    responseStatus: { metadata: {}, code },
    requestObject: event.requestObject,
    responseObject: event.responseObject,
  });
  const metadata = { user, verb, resource, code: `${code}`, namespace, audit_id: auditID };
  return {
    labels: `{cluster="${cluster}", job="kube-audit", node_name="node-1", service_name="kube-apiserver", stage="${stage}"}`,
    // Absent, not empty, is what an event does not have.
    entries: [{ nanos, line, metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== '')) }],
  };
}

/** Pushes events to a real Loki, a millisecond apart and the last of them now. */
export async function pushEvents(url: string, tenant: string, events: readonly EventOf[]): Promise<void> {
  const last = BigInt(Date.now()) * 1_000_000n;
  const streams = events.map((event, index) => auditStream(tenant, last - BigInt(events.length - 1 - index) * 1_000_000n, event));
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'X-Scope-OrgID': tenant },
    body: new Uint8Array(protobufPush(streams)),
  });
  if (!response.ok) throw new Error(`push: ${response.status} ${await response.text()}`);
}

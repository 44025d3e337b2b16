import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeMark } from '../receiver/latencies.ts';

/**
 * audit-writer.ts AUDIT_LOG EVENTS_PER_SECOND SECONDS [marked]: writes audit events of level Metadata and 1.5 KB; marked ones have the
 * time of their writing in them.
 */
const TICK_MS = 10;
const GROUPS = ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'];
const REASON = 'RBAC: allowed by ClusterRoleBinding "shop-controller" of ClusterRole "shop-controller" to ServiceAccount "controller/shop"';

const [path = '', perSecond, seconds, marked] = process.argv.slice(2);
const perTick = (Number(perSecond) * TICK_MS) / 1000;
const ticks = (Number(seconds) * 1000) / TICK_MS;

function event(nowMs: number, index: number): string {
  const id = index.toString(16).padStart(12, '0');
  const time = `${new Date(nowMs).toISOString().slice(0, -1)}${String(index % 1000).padStart(3, '0')}Z`;
  const name = `web-${index % 500}-7d9c5b8f6d-${id.slice(-5)}`;
  const pod = `worker-${index % 20}`;
  return `${JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `5b3c7f0e-2a41-4d7e-9c55-${id}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/shop/pods/${name}/status?fieldManager=shop-controller&fieldValidation=Strict&timeout=30s`,
    verb: 'patch',
    user: {
      username: 'system:serviceaccount:shop:controller',
      uid: '0c1d2e3f-4a5b-4c6d-8e7f-8091a2b3c4d5',
      groups: GROUPS,
      extra: {
        'authentication.kubernetes.io/credential-id': ['JTI=7e0a1b2c-3d4e-4f50-8617-283940a5b6c7'],
        'authentication.kubernetes.io/node-name': [`node-${index % 20}.eu-1.example.internal`],
        'authentication.kubernetes.io/pod-name': [pod],
        'authentication.kubernetes.io/pod-uid': ['9a8b7c6d-5e4f-4031-a2b3-c4d5e6f70819'],
      },
    },
    sourceIPs: [`10.0.${index % 200}.7`],
    userAgent: `shop-controller/v2.14.1 (linux/amd64) kubernetes/1a2b3c4 ${marked === 'marked' ? timeMark(nowMs) : ''}`,
    objectRef: { resource: 'pods', namespace: 'shop', name, apiVersion: 'v1', subresource: 'status' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': REASON },
  })}\n`;
}

const file = openSync(path, 'a');
const startMs = Date.now();
let written = 0;
for (let tick = 1; tick <= ticks; tick += 1) {
  await sleep(Math.max(0, startMs + tick * TICK_MS - Date.now()));
  const nowMs = Date.now();
  let text = '';
  for (const due = Math.round(tick * perTick); written < due; written += 1) text += event(nowMs, written);
  if (text !== '') writeSync(file, text);
}
closeSync(file);

import type { ApiRequest } from '../../agent/audit/api-request.ts';
import type { ApiCall } from './api-client.ts';
import { ADMIN, ALICE, ANYONE, BOB, type Identity, INTRUDER, KUBE_PROXY, NODE } from './identities.ts';

/** A request, and what an operator would say that it is. */
export interface RecordedRequest {
  readonly who: Identity;
  readonly call: ApiCall;
  readonly verb: string;
  readonly target: ApiRequest['target'];
}

export const NAMESPACE = 'shop';
/** What must never be in an audit log: of a Secret, a ConfigMap, a TokenReview. */
export const SECRET_VALUE: string = Buffer.from('the-password-of-the-till').toString('base64');
export const SETTING_VALUE = 'the-password-in-the-settings';
export const REVIEWED_TOKEN = 'the-token-that-is-reviewed';
const SHOP = `/api/v1/namespaces/${NAMESPACE}`;
const MERGE = { 'content-type': 'application/merge-patch+json' };
const APPLY = { 'content-type': 'application/apply-patch+yaml' };

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0' },
  spec: { containers: [{ name: 'app', image: 'localhost/emit:1' }] },
};
const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'till' }, data: { password: SECRET_VALUE } };
const SETTINGS = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { password: SETTING_VALUE } };
const POD_TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: POD.spec };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: POD_TEMPLATE },
};
const ROLE = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'reader' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
};
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: REVIEWED_TOKEN } };
const TOKEN = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web-0', namespace: NAMESPACE } };
const LEASE = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'node-1' }, spec: { leaseDurationSeconds: 40 } };

/** The service account's token is what the API server gives out for it, so that it is known only when it runs. */
export function recordedRequests(account: Identity): Readonly<Record<string, RecordedRequest>> {
  return { ...ofNamespaces(), ...ofPods(account), ...ofCredentials(), ...ofOthers(account), ...ofPaths() };
}

function ofNamespaces(): Record<string, RecordedRequest> {
  const namespaces = { name: NAMESPACE, namespace: NAMESPACE };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
  return {
    'create a namespace': of(ADMIN, 'create namespaces', {}, post('/api/v1/namespaces', body)),
    'list namespaces': of(ADMIN, 'list namespaces', {}, get('/api/v1/namespaces')),
    'get a namespace': of(ADMIN, 'get namespaces', namespaces, get(SHOP)),
    'get the status of a namespace': of(ADMIN, 'get namespaces/status', namespaces, get(`${SHOP}/status`)),
    'get a namespace that one may not see': of(ALICE, 'get namespaces', namespaces, get(SHOP)),
  };
}

function ofPods(account: Identity): Record<string, RecordedRequest> {
  const [all, pods, pod] = [{}, { namespace: NAMESPACE }, { namespace: NAMESPACE, name: 'web-0' }];
  const at = `${SHOP}/pods/web-0`;
  const exec = `${at}/exec?command=ls&container=app&stdout=1`;
  const watch = 'watch=1&timeoutSeconds=1';
  return {
    'create a pod': of(ADMIN, 'create pods', pods, post(`${SHOP}/pods`, POD)),
    'create a pod without rights': of(BOB, 'create pods', pods, post(`${SHOP}/pods`, POD)),
    'get a pod': of(ADMIN, 'get pods', pod, get(at)),
    'head of a pod': of(ADMIN, 'get pods', pod, { method: 'HEAD', path: at }),
    'get a pod that is not there': of(ADMIN, 'get pods', { ...pods, name: 'web-9' }, get(`${SHOP}/pods/web-9`)),
    'list pods': of(ADMIN, 'list pods', pods, get(`${SHOP}/pods`)),
    'list pods as alice': of(ALICE, 'list pods', pods, get(`${SHOP}/pods`)),
    'list one pod': of(ADMIN, 'list pods', pod, get(`${SHOP}/pods?fieldSelector=metadata.name%3Dweb-0`)),
    'list pods of all namespaces': of(ADMIN, 'list pods', all, get('/api/v1/pods')),
    'watch pods': of(ADMIN, 'watch pods', pods, get(`${SHOP}/pods?${watch}`)),
    'watch pods by the old path': of(ADMIN, 'watch pods', pods, get(`/api/v1/watch/namespaces/${NAMESPACE}/pods?timeoutSeconds=1`)),
    'watch pods without rights': of(ALICE, 'watch pods', pods, get(`${SHOP}/pods?${watch}`)),
    'watch pods as kube-proxy': of(KUBE_PROXY, 'watch pods', all, get(`/api/v1/pods?${watch}`)),
    'watch pods as a node': of(NODE, 'watch pods', all, get(`/api/v1/pods?${watch}`)),
    'patch a pod': of(ADMIN, 'patch pods', pod, patch(at, { metadata: { labels: { tier: 'front' } } })),
    'apply a pod': of(ADMIN, 'patch pods', pod, { ...patch(`${at}?fieldManager=till&force=true`, POD), headers: APPLY }),
    'patch the status of a pod': of(ADMIN, 'patch pods/status', pod, patch(`${at}/status`, { status: { phase: 'Running' } })),
    'patch the status of a pod as a node': of(NODE, 'patch pods/status', pod, patch(`${at}/status`, { status: {} })),
    'log of a pod': of(ADMIN, 'get pods/log', pod, get(`${at}/log`)),
    'log of a pod without rights': of(ALICE, 'get pods/log', pod, get(`${at}/log`)),
    'exec in a pod': of(ADMIN, 'create pods/exec', pod, { method: 'POST', path: exec }),
    'exec in a pod by get': of(ADMIN, 'get pods/exec', pod, get(exec)),
    'exec in a pod without rights': of(account, 'create pods/exec', pod, { method: 'POST', path: exec }),
    'attach to a pod': of(ADMIN, 'create pods/attach', pod, { method: 'POST', path: `${at}/attach?container=app&stdout=1` }),
    'forward a port of a pod': of(ADMIN, 'create pods/portforward', pod, { method: 'POST', path: `${at}/portforward?ports=80` }),
    'proxy to a pod': of(ADMIN, 'get pods/proxy', pod, get(`${at}/proxy/metrics`)),
    'evict a pod without rights': of(BOB, 'create pods/eviction', pod, post(`${at}/eviction`, EVICTION)),
    'delete a pod': of(ADMIN, 'delete pods', pod, { method: 'DELETE', path: `${at}?gracePeriodSeconds=0` }),
    'delete all pods': of(ADMIN, 'deletecollection pods', pods, { method: 'DELETE', path: `${SHOP}/pods` }),
  };
}

function ofCredentials(): Record<string, RecordedRequest> {
  const shop = { namespace: NAMESPACE };
  const [till, settings, deployer] = [
    { ...shop, name: 'till' },
    { ...shop, name: 'settings' },
    { ...shop, name: 'deployer' },
  ];
  return {
    'create a Secret': of(ADMIN, 'create secrets', shop, post(`${SHOP}/secrets`, SECRET)),
    'get a Secret': of(ADMIN, 'get secrets', till, get(`${SHOP}/secrets/till`)),
    'list Secrets': of(ADMIN, 'list secrets', shop, get(`${SHOP}/secrets`)),
    'list Secrets without rights': of(ALICE, 'list secrets', {}, get('/api/v1/secrets')),
    'list Secrets of all namespaces': of(ADMIN, 'list secrets', {}, get('/api/v1/secrets')),
    'watch Secrets': of(ADMIN, 'watch secrets', shop, get(`${SHOP}/secrets?watch=1&timeoutSeconds=1`)),
    'patch a Secret': of(ADMIN, 'patch secrets', till, patch(`${SHOP}/secrets/till`, { data: { second: SECRET_VALUE } })),
    'delete a Secret': of(ADMIN, 'delete secrets', till, { method: 'DELETE', path: `${SHOP}/secrets/till` }),
    'create a ConfigMap': of(ADMIN, 'create configmaps', shop, post(`${SHOP}/configmaps`, SETTINGS)),
    'get a ConfigMap': of(ADMIN, 'get configmaps', settings, get(`${SHOP}/configmaps/settings`)),
    'update a ConfigMap': of(ADMIN, 'update configmaps', settings, { ...post(`${SHOP}/configmaps/settings`, SETTINGS), method: 'PUT' }),
    'list a ConfigMap by name': of(ADMIN, 'list configmaps', settings, get(`${SHOP}/configmaps?fieldSelector=metadata.name%3Dsettings`)),
    'delete a ConfigMap': of(ADMIN, 'delete configmaps', settings, { method: 'DELETE', path: `${SHOP}/configmaps/settings` }),
    'request a token': of(ADMIN, 'create serviceaccounts/token', deployer, post(`${SHOP}/serviceaccounts/deployer/token`, TOKEN)),
    'request a token without rights': of(
      BOB,
      'create serviceaccounts/token',
      deployer,
      post(`${SHOP}/serviceaccounts/deployer/token`, TOKEN),
    ),
    'review a token': of(
      ADMIN,
      'create tokenreviews.authentication.k8s.io',
      {},
      post('/apis/authentication.k8s.io/v1/tokenreviews', REVIEW),
    ),
  };
}

function ofOthers(account: Identity): Record<string, RecordedRequest> {
  const shop = { namespace: NAMESPACE };
  const web = { ...shop, name: 'web' };
  const deployments = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/roles`;
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const lease = { namespace: 'kube-node-lease', name: 'node-1' };
  const asAlice = { 'impersonate-user': 'alice' };
  const asDevs = { ...asAlice, 'impersonate-group': 'devs' };
  return {
    'create a Deployment': of(ADMIN, 'create deployments.apps', shop, post(deployments, DEPLOYMENT)),
    'scale a Deployment': of(ADMIN, 'patch deployments.apps/scale', web, patch(`${deployments}/web/scale`, { spec: { replicas: 2 } })),
    'get a Deployment as a service account': of(account, 'get deployments.apps', web, get(`${deployments}/web`)),
    'delete a Deployment': of(ADMIN, 'delete deployments.apps', web, { method: 'DELETE', path: `${deployments}/web` }),
    'create a Role': of(ADMIN, 'create roles.rbac.authorization.k8s.io', shop, post(roles, ROLE)),
    'delete all Roles': of(ADMIN, 'deletecollection roles.rbac.authorization.k8s.io', shop, { method: 'DELETE', path: roles }),
    'create a Lease as a node': of(NODE, 'create leases.coordination.k8s.io', { namespace: 'kube-node-lease' }, post(leases, LEASE)),
    'get a Lease as a node': of(NODE, 'get leases.coordination.k8s.io', lease, get(`${leases}/node-1`)),
    'list events': of(ADMIN, 'list events', {}, get('/api/v1/events')),
    'list nodes': of(ADMIN, 'list nodes', {}, get('/api/v1/nodes')),
    'proxy to a node without rights': of(ALICE, 'get nodes/proxy', { name: 'node-1' }, get('/api/v1/nodes/node-1/proxy/logs')),
    'list what nobody serves': of(ADMIN, 'list widgets.example.com', {}, get('/apis/example.com/v1/widgets')),
    'list pods as somebody else': of(ADMIN, 'list pods', shop, { ...get(`${SHOP}/pods`), headers: asAlice }),
    'delete a pod as one of a group': of(
      ADMIN,
      'delete pods',
      { ...shop, name: 'web-0' },
      { method: 'DELETE', path: `${SHOP}/pods/web-0`, headers: asDevs },
    ),
    'impersonate without rights': of(ALICE, 'list pods', shop, { ...get(`${SHOP}/pods`), headers: { 'impersonate-user': 'admin' } }),
    'list pods as nobody': of(ANYONE, 'list pods', shop, get(`${SHOP}/pods`)),
    'list pods with a wrong token': of(INTRUDER, 'list pods', shop, get(`${SHOP}/pods`)),
    'watch pods with a wrong token': of(INTRUDER, 'watch pods', shop, get(`${SHOP}/pods?watch=1`)),
  };
}

function ofPaths(): Record<string, RecordedRequest> {
  return {
    'get the version': ofPath(ADMIN, 'get', '/version'),
    'get the version as nobody': ofPath(ANYONE, 'get', '/version'),
    'get the version with a wrong token': ofPath(INTRUDER, 'get', '/version'),
    'ask for health': ofPath(ANYONE, 'get', '/healthz'),
    'ask for the health of one part': ofPath(ALICE, 'get', '/healthz/ping'),
    'ask for health with an escaped slash': ofPath(ADMIN, 'get', '/healthz/ping', '/healthz%2Fping'),
    'list groups': ofPath(ALICE, 'get', '/apis'),
    'list resources of the core group': ofPath(ALICE, 'get', '/api/v1'),
    'list resources of a group': ofPath(ALICE, 'get', '/apis/apps/v1'),
    'get metrics without rights': ofPath(ALICE, 'get', '/metrics'),
    'post to a path': ofPath(ADMIN, 'post', '/version'),
    'options of a path': ofPath(ADMIN, 'options', '/version'),
    'get a profile': ofPath(ADMIN, 'get', '/debug/pprof/cmdline'),
    'get an index of profiles': ofPath(ADMIN, 'get', '/debug/pprof'),
    'get a path that is not there': ofPath(ADMIN, 'get', '/nothing/here', '/nothing/here?at=all'),
  };
}

interface Attributes {
  readonly namespace?: string;
  readonly name?: string;
}

/** `what` is the verb and the resource as kubectl spells it. */
function of(who: Identity, what: string, { namespace = '', name = '' }: Attributes, call: ApiCall): RecordedRequest {
  const [verb = '', qualified = '', subresource = ''] = what.split(/[ /]/);
  const [resource = '', ...group] = qualified.split('.');
  return { who, call, verb, target: { kind: 'resource', group: group.join('.'), resource, subresource, namespace, name } };
}

function ofPath(who: Identity, verb: string, path: string, sent: string = path): RecordedRequest {
  return { who, call: { method: verb.toUpperCase(), path: sent }, verb, target: { kind: 'path', path } };
}

function get(path: string): ApiCall {
  return { method: 'GET', path };
}

function post(path: string, body: object): ApiCall {
  return { method: 'POST', path, body };
}

function patch(path: string, body: object): ApiCall {
  return { method: 'PATCH', path, body, headers: MERGE };
}

import { expect, test } from 'vitest';
import { NODE_NAME } from '../support/agent-home.ts';
import type { StoredEntry } from '../support/loki-reader.ts';
import { SecretSearch } from '../support/secret-search.ts';
import { freePort } from '../support/free-port.ts';
import { tempDir } from '../support/temp-dir.ts';
import { webhookFlags, webhookKeys, writeWebhookFiles } from './webhook-receiver.ts';
import { ApiServer } from './api-server.ts';
import { AuditPath, countEvents, TENANT } from './audit-path.ts';
import { Etcd } from './etcd.ts';
import { gzipMembers } from './gzip-members.ts';
import { LEAKY } from './policies.ts';
import { SecretTraffic } from './secret-traffic.ts';

const KILLS = 2;
const PUSHES_BETWEEN = 3;
const EVERYTHING = '{job=~".+"}';
/** Where events stand as they are. */
const PLAIN_PLACES = ['sent and unpacked', 'answered by Loki', 'on the disk of Loki', 'on the disk of Loki and unpacked'] as const;

type Place = (typeof PLAIN_PLACES)[number] | 'sent' | 'state of the agent' | 'printed by the agent';

interface WrittenEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly [field in 'resource' | 'apiGroup' | 'subresource' | 'namespace']?: string };
  readonly responseStatus?: { readonly code: number };
  readonly stageTimestamp: string;
}

test('I8 I9 every event that a real API server writes and posts is in a real Loki once, and no secret is anywhere, though the agent is killed again and again', async () => {
  await using etcd = await Etcd.start();
  await using dir = await tempDir();
  const port = await freePort();
  writeWebhookFiles(dir.path, port);
  await using server = await ApiServer.start(etcd, LEAKY, ['--audit-log-maxsize=1', ...webhookFlags(dir.path)]);
  await using path = await AuditPath.start({
    cluster: 'shop',
    audit: { log_path: server.auditPath, webhook: webhookKeys(dir.path, port) },
  });
  const [secrets] = await Promise.all([trafficUntil(server, () => path.starts > KILLS), killAgain(path)]);
  const written = server.auditLines.map((line) => JSON.parse(line) as WrittenEvent);
  await path.reader.atLeast(written.length, EVERYTHING);
  expect(await path.stopAgent()).toBe(0);
  const stored = await path.reader.entries(EVERYTHING);

  expect(stored.map(identityOf).sort()).toEqual(written.map(identity).sort());
  const expected = new Map(written.map((event) => [identity(event), event]));
  for (const entry of stored) expectDescribed(entry, expected.get(identityOf(entry))!);

  // The last file of the spool stays: events were posted too.
  expect(countEvents(path.stateFiles)).toBeGreaterThan(0);
  const search = new SecretSearch(secrets);
  const recorded = search.in(Buffer.from(server.auditLines.join('\n')));
  const places = await placesOf(path, stored);
  console.log(
    `${written.length} events in ${server.auditFiles.length} files, ${countEvents(path.proxy.unpacked)} sent in ${path.proxy.pushes} pushes of ${path.starts} agents, ${stored.length} stored`,
    `${recorded.length} of ${secrets.length} secrets in the log, looked for in ${search.forms} forms in`,
    Object.fromEntries(Object.entries(places).map(([place, bytes]) => [place, bytes.length])),
  );
  expect(server.auditFiles.length).toBeGreaterThan(1);
  // Else there would have been nothing to find.
  expect(recorded.length).toBeGreaterThan(secrets.length / 2);
  for (const place of PLAIN_PLACES) expect(places[place].includes(written[0]!.auditID), place).toBe(true);
  const leaks = Object.entries(places).map(([place, bytes]) => [place, search.in(bytes)]);
  expect(leaks.filter(([, found]) => found!.length > 0)).toEqual([]);
});

/** Where a secret could have come to, with what is there. */
async function placesOf(path: AuditPath, stored: readonly StoredEntry[]): Promise<Record<Place, Buffer>> {
  const entries = stored.map(({ labels, metadata, line }) => JSON.stringify({ labels, metadata, line }));
  const answers = [...(await answersOf(path)), ...entries];
  const files = await path.lokiFiles(stored.length);
  return {
    sent: Buffer.concat(path.proxy.sent),
    'sent and unpacked': Buffer.concat(path.proxy.unpacked),
    'answered by Loki': Buffer.from(answers.join('\n')),
    'on the disk of Loki': Buffer.concat(files),
    'on the disk of Loki and unpacked': Buffer.concat(files.flatMap(gzipMembers)),
    'state of the agent': Buffer.concat(path.stateFiles),
    'printed by the agent': Buffer.from(path.printed),
  };
}

/** Until then, and until the log was rotated; the API server has ended when it returns the secrets that went through it. */
async function trafficUntil(server: ApiServer, isOver: () => boolean): Promise<string[]> {
  const secrets: string[] = [];
  do {
    const traffic = new SecretTraffic(server.client);
    await traffic.run();
    secrets.push(...traffic.secrets);
  } while (!isOver() || server.auditFiles.length === 1);
  await server.stop();
  return secrets;
}

/** Each agent but the last is killed when it has sent something. */
async function killAgain(path: AuditPath): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await path.startAgent();
    await path.proxy.more(PUSHES_BETWEEN);
    await path.killAgent();
  }
  await path.startAgent();
}

/** What else Loki tells about the tenant. */
function answersOf({ loki }: AuditPath): Promise<string[]> {
  const match = encodeURIComponent(EVERYTHING);
  const paths = ['labels', `series?match[]=${match}`, `detected_fields?query=${match}`, `index/stats?query=${match}`];
  return Promise.all(paths.map((path) => loki.get(`/loki/api/v1/${path}`, TENANT)));
}

function identity({ auditID, stage }: WrittenEvent): string {
  return `${auditID} ${stage}`;
}

function identityOf({ line }: StoredEntry): string {
  return identity(JSON.parse(line) as WrittenEvent);
}

function expectDescribed({ labels, metadata, nanos }: StoredEntry, event: WrittenEvent): void {
  expect(labels).toEqual({ job: 'kube-audit', service_name: 'kube-apiserver', cluster: 'shop', node_name: NODE_NAME, stage: event.stage });
  // Loki adds this one of itself.
  const { detected_level: _, ...sent } = metadata;
  expect(sent).toEqual(metadataOf(event));
  // Of microseconds.
  expect(nanos / 1_000_000n).toBe(BigInt(Date.parse(event.stageTimestamp)));
}

function metadataOf({ user, verb, objectRef = {}, responseStatus, auditID }: WrittenEvent): Record<string, string> {
  const { resource, apiGroup, subresource, namespace } = objectRef;
  const named = [
    ['user', user.username],
    ['verb', verb],
    ['resource', resource && [[resource, apiGroup].filter(Boolean).join('.'), subresource].filter(Boolean).join('/')],
    ['code', responseStatus?.code === undefined ? '' : String(responseStatus.code)],
    ['namespace', namespace],
    ['audit_id', auditID],
  ] as const;
  return Object.fromEntries(named.filter((pair): pair is [(typeof pair)[0], string] => Boolean(pair[1])));
}

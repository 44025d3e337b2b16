import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AuditWriter } from '../support/audit-writer.ts';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { eventually } from '../support/eventually.ts';
import type { StoredEntry } from '../support/fake-loki-store.ts';
import { FakeLoki, type SeenRequest } from '../support/fake-loki.ts';
import { LineAudit } from '../support/line-audit.ts';
import { secretForms } from '../support/secret-forms.ts';
import { sightingInFake } from '../support/sightings.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TestNode } from '../support/test-node.ts';

const KILLS = 6;
const LIFE_MS = 2000;
const DOWN_MS = 300;
const TICK_MS = 20;
const EVENTS_PER_TICK = 20;
const TICKS_PER_ROTATION = 40;
/** Slow answers: a kill comes while entries are stored and the agent does not know it. */
const ANSWER_MS = 100;
/** So seldom that the kubelet keeps every file of the run: lines that it deletes unread are another test's. */
const ROTATION_MS = 6000;
/** More than an event may keep. */
const LARGE_BYTES = 400_000;
const STAGES = ['RequestReceived', 'ResponseComplete'] as const;

const SECRET = 'plantedHunter2OfTheAuditLog';
const IN_BASE64 = Buffer.from(SECRET).toString('base64');
const APPLIED = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ kind: 'Secret', stringData: { key: SECRET } }) };

/** Where secrets stand in what people write. */
const PLANTED = [
  { resource: 'secrets', requestObject: { kind: 'Secret', data: { password: IN_BASE64 }, stringData: { password: SECRET } } },
  { resource: 'configmaps', requestObject: { kind: 'ConfigMap', data: { settings: `password=${SECRET}` } } },
  { resource: 'tokenreviews', requestObject: { kind: 'TokenReview', spec: { token: SECRET } } },
  { resource: 'pods', requestObject: { kind: 'Pod', spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: SECRET }] }] } } },
  { resource: 'deployments', requestObject: { kind: 'Deployment', metadata: { annotations: APPLIED } } },
  { resource: 'secrets', requestObject: { kind: 'Secret', data: { blob: IN_BASE64.repeat(LARGE_BYTES / IN_BASE64.length) } } },
] as const;

/** An API server at work, which also remembers the lines that hold nothing to take out. */
class BusyApiServer {
  readonly log: AuditWriter;
  readonly plain = new Map<string, string>();
  #ticks = 0;

  constructor(live: string) {
    this.log = new AuditWriter(live);
  }

  async serveUntil(stop: AbortSignal): Promise<void> {
    for (; !stop.aborted; await sleep(TICK_MS)) {
      this.#ticks += 1;
      const lines = Array.from({ length: EVENTS_PER_TICK }, (_, n) => this.#line(n));
      appendFileSync(this.log.live, `${lines.join('\n')}\n`);
      if (this.#ticks % TICKS_PER_ROTATION === 0) this.log.rotate({ compressed: this.#ticks % (2 * TICKS_PER_ROTATION) === 0 });
    }
  }

  #line(n: number): string {
    const seconds = Math.floor(Date.now() / 1000);
    if (n === 0) return this.log.line({ seconds, level: 'Request', ...PLANTED[this.#ticks % PLANTED.length]! });
    const line = this.log.line({ seconds, stage: STAGES[n % 2]! });
    this.plain.set(eventOf(line), line);
    return line;
  }
}

/** An id and its stage. */
function eventOf(line: string | Buffer): string {
  const { auditID, stage } = JSON.parse(line.toString()) as { auditID: string; stage: string };
  return `${auditID} ${stage}`;
}

function auditEntries(loki: FakeLoki): StoredEntry[] {
  return loki.entries({ job: 'kube-audit' });
}

/** Of a stage, in the order in which they came first. */
function firstSeen(entries: readonly StoredEntry[], stage: string): string[] {
  return [...new Set(entries.filter(({ stream }) => stream.labels['stage'] === stage).map(({ line }) => eventOf(line)))];
}

function lineFindings(loki: FakeLoki, printed: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const audit = new LineAudit(printed);
  for (const entry of loki.entries()) if (entry.stream.tenant === 'apps') audit.see(sightingInFake(entry));
  audit.findLost();
  return audit.findings;
}

/** Events that hold the secret in their line, labels or metadata, in whatever form. */
function givingAway(entries: readonly StoredEntry[]): string[] {
  const forms = secretForms(SECRET);
  const told = entries.filter((entry) => forms.some((form) => sightingInFake(entry).identity.includes(form)));
  return [...new Set(told.map(({ line }) => line.toString().slice(0, 300)))];
}

/** Tenants as the header names them, each with the jobs of what came with it. */
/** The agent asks a store whether it keeps tenants apart, by a push of nothing for nobody. */
function isQuestion({ headers, decodedBytes }: SeenRequest): boolean {
  return headers['x-scope-orgid'] === undefined && decodedBytes === 0;
}

function jobsByTenant(pushes: readonly SeenRequest[]): Record<string, string[]> {
  const jobs: Record<string, Set<string>> = {};
  for (const { headers, streams } of pushes) {
    const seen = (jobs[String(headers['x-scope-orgid'])] ??= new Set());
    for (const labels of streams) seen.add(labels.includes('job="kube-audit"') ? 'audit' : 'containers');
  }
  return Object.fromEntries(Object.entries(jobs).map(([tenant, seen]) => [tenant, [...seen]]));
}

test(`I2 I5 I8 I9 an audit log that rotates beside busy containers, an agent that is killed ${KILLS} times: every event once, no secret`, async () => {
  await using dir = await tempDir();
  await using loki = await FakeLoki.start({ auth: true, deduplicate: false });
  const api = new BusyApiServer(join(dir.path, 'audit', 'audit.log'));
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'apps' }, { audit: { log_path: api.log.live } });
  const containers = new ChattyContainers(node.logs, 10, { roundMs: 10, rotationMs: ROTATION_MS });
  loki.fault({ kind: 'slow', delay: ANSWER_MS }, { times: Number.POSITIVE_INFINITY });
  const end = new AbortController();
  const busy = [api.serveUntil(end.signal), containers.chatUntil(end.signal)];
  try {
    for (let kills = 0; kills < KILLS; kills += 1) {
      await using agent = await node.startAgent();
      await sleep(LIFE_MS);
      await agent.kill();
      await sleep(DOWN_MS);
    }
  } finally {
    end.abort();
    await Promise.all(busy);
  }
  const { written } = api.log;
  await using last = await node.startAgent();
  await eventually(() => expect(new Set(auditEntries(loki).map(({ line }) => eventOf(line))).size).toBe(written.length));
  await eventually(() => expect(lineFindings(loki, containers.printed)).toEqual([]));
  const books = await last.metrics(['logferry_ledger_unbalanced_bytes', 'logferry_lost_bytes_total']);
  expect(await last.stop()).toBe(0);

  const entries = auditEntries(loki);
  for (const stage of STAGES) expect(firstSeen(entries, stage)).toEqual(written.filter((event) => event.endsWith(` ${stage}`)));
  // What a store makes of it: an entry that comes again is equal in all, and is kept once.
  expect(new Set(entries.map((entry) => sightingInFake(entry).identity)).size).toBe(written.length);
  expect(entries.length).toBeGreaterThan(written.length);
  expect(entries.filter(({ line }) => (api.plain.get(eventOf(line)) ?? line.toString()) !== line.toString())).toEqual([]);
  expect(givingAway(entries)).toEqual([]);
  const pushes = loki.requests.filter((request) => !isQuestion(request));
  expect(jobsByTenant(pushes)).toEqual({ apps: ['containers'], audit: ['audit'] });
  expect(pushes.filter(({ status }) => status !== 204 && status !== null)).toEqual([]);
  expect(books).toEqual({ logferry_ledger_unbalanced_bytes: 0, logferry_lost_bytes_total: 0 });
  console.log(`${written.length} events, ${entries.length - written.length} of them again; ${containers.lineCount} lines`);
}, 120_000);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditCounts } from '../../agent/audit/audit-counts.ts';
import { type AuditEntry, EventReader, type EventReaderOptions, type ReadEvent } from '../../agent/audit/event-reader.ts';
import { goJson } from '../../agent/audit/go-json.ts';
import { policyOf } from './policy-of.ts';

const SAMPLE = join(import.meta.dirname, '../samples/audit/audit.log');
const LINES = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
const PLAIN = LINES.find((line) => line.includes('"ResponseComplete"') && !line.includes('Object"'))!;
const SECRET_LIST = LINES.find((line) => line.includes('SecretList'))!;
const POD = LINES.find((line) => line.includes('"kind":"Pod"'))!;

function optionsOf(options: Partial<EventReaderOptions> = {}): EventReaderOptions {
  return { policy: null, credentials: [], keptBytes: 262_144, maxLineBytes: 262_144, counts: new AuditCounts(), ...options };
}

function read(line: string | Buffer, options: EventReaderOptions = optionsOf()): ReadEvent {
  const reader = new EventReader(options);
  const bytes = Buffer.from(line);
  reader.push(bytes, 0, bytes.length);
  return reader.finish();
}

function entryOf(line: string | Buffer, options?: EventReaderOptions): AuditEntry {
  const event = read(line, options);
  if (event.kind !== 'entry') throw new Error(event.reason);
  return event;
}

function eventOf(line: string | Buffer, options?: EventReaderOptions): Record<string, unknown> {
  return JSON.parse(entryOf(line, options).line.toString()) as Record<string, unknown>;
}

/** An event of the sample with other fields. */
function changed(line: string, fields: object): string {
  return goJson({ ...(JSON.parse(line) as object), ...fields });
}

/** Of a policy with one rule. */
function rules(rule: string, top = ''): EventReaderOptions {
  return optionsOf({ policy: policyOf(`${top}rules:\n- ${rule}\n`) });
}

describe('an event', () => {
  test('that holds no secret leaves as it stands', () => {
    const plain = LINES.filter((line) => !line.includes('Object"'));
    expect(plain.length).toBeGreaterThan(5);
    for (const line of plain) {
      const entry = entryOf(line);
      expect([entry.line.toString(), entry.isMalformed]).toStrictEqual([line, false]);
    }
  });

  test('I9: of a list is the same as a line, in whatever order', () => {
    const { kind: _, apiVersion: __, ...item } = JSON.parse(PLAIN) as object & { kind: string; apiVersion: string };
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(item).toReversed()), null, 2);
    expect(entryOf(reversed.replaceAll('&', '\\u0026')).line.toString()).toBe(PLAIN);
  });

  test('says when, at which stage, who and what', () => {
    const { time, channel, metadata } = entryOf(POD);
    expect({ time, channel, metadata: Object.fromEntries(metadata) }).toStrictEqual({
      time: [1_795_393_440, 765_918_000],
      channel: 2,
      metadata: {
        user: 'admin',
        verb: 'create',
        resource: 'pods',
        code: '201',
        namespace: 'prod',
        audit_id: '74ccd188-8d6e-4e94-a57f-6ea195077521',
      },
    });
  });

  test('keeps numbers as they stand', () => {
    const line = POD.replace('"restartPolicy"', '"big":9007199254740993,"odd":-0.10e+5,"password":"x","restartPolicy"');
    const { line: written } = entryOf(line);
    expect(written.toString()).toContain('"big":9007199254740993,"odd":-0.10e+5,"password":"[redacted:named]"');
  });

  test('of Secrets has no bodies, and says so', () => {
    const counts = new AuditCounts();
    const event = eventOf(SECRET_LIST, optionsOf({ counts }));
    expect(event).not.toHaveProperty('responseObject');
    expect(event).toMatchObject({ level: 'RequestResponse', verb: 'list', annotations: { 'authorization.k8s.io/decision': 'allow' } });
    expect(event['annotations']).toMatchObject({ 'logferry.io/removed': 'responseObject: secrets hold credentials' });
    expect(counts.removed).toStrictEqual(new Map([['secrets', 1]]));
  });

  test('nothing that was planted leaves', () => {
    for (const line of LINES) expect(entryOf(line).line.toString()).not.toMatch(/PLANTED|UExBTlRFRC|aHVudGVyMi/);
  });

  test('of a path with secrets in it has no bodies either', () => {
    const line = changed(POD, {
      objectRef: undefined,
      requestURI: '/api/v1/namespaces/prod/secrets/a',
      requestObject: { data: { a: 'hunter2' } },
    });
    expect(eventOf(line)).not.toHaveProperty('requestObject');
  });

  test('of a resource that is configured has no bodies', () => {
    const line = changed(POD, { objectRef: { resource: 'vaults', apiGroup: 'example.org' }, requestObject: { spec: { a: 'hunter2' } } });
    expect(eventOf(line)).toHaveProperty('requestObject');
    const credentials = [{ group: 'example.org', resource: 'vaults' }];
    expect(eventOf(line, optionsOf({ credentials }))).not.toHaveProperty('requestObject');
  });

  test('has nothing beside a name that tells of a secret, whether RBAC gives a reason or not', () => {
    const reason = 'RBAC: allowed by ClusterRoleBinding "shop" of ClusterRole "shop" to ServiceAccount "controller/shop"';
    for (const others of [{}, { 'authorization.k8s.io/reason': reason }]) {
      const annotations = { ...others, 'example.com/token': 'opensesame' };
      const event = eventOf(changed(PLAIN, { annotations }));
      expect(event['annotations']).toEqual({ ...others, 'example.com/token': expect.stringContaining('[redacted:') });
    }
    const embedded = { 'authorization.k8s.io/reason': reason, changed: JSON.stringify({ password: 'opensesame' }) };
    expect(entryOf(changed(PLAIN, { annotations: embedded })).line.toString()).not.toContain('opensesame');
  });

  test('keeps an object that only refers to a Secret', () => {
    const requestObject = { kind: 'Gateway', spec: { certificateRefs: [{ kind: 'Secret', group: '', name: 'tls' }] } };
    expect(eventOf(changed(POD, { requestObject }))).toMatchObject({ requestObject });
  });

  test('does not quote in its outcome what a Secret holds', () => {
    const forbidden = LINES.find((line) => line.includes('is forbidden') && line.includes('"secrets"'))!;
    const { responseStatus } = eventOf(forbidden);
    expect(responseStatus).toStrictEqual((JSON.parse(forbidden) as { responseStatus: unknown }).responseStatus);
    const quoting = changed(SECRET_LIST, {
      responseStatus: { code: 422, message: 'data: Invalid value: "hunter2"', details: { a: 'hunter2' } },
    });
    expect(eventOf(quoting)['responseStatus']).toStrictEqual({ code: 422, message: '[redacted:object]' });
  });
});

describe('a policy', () => {
  test.each([
    ['level: None', 'level-none'],
    ['{level: Request, users: [alice]}', 'no-rule'],
    ['{level: Request, omitStages: [ResponseComplete]}', 'stage'],
  ])('%s filters', (rule, reason) => {
    const options = rules(rule);
    expect(read(POD, options)).toStrictEqual({ kind: 'filtered', reason });
    expect(options.counts.filtered[reason as 'stage']).toBe(1);
  });

  test('lowers, and never raises', () => {
    expect(eventOf(POD, rules('level: Metadata'))).toMatchObject({ level: 'Metadata' });
    expect(eventOf(POD, rules('level: Metadata'))).not.toHaveProperty('requestObject');
    expect(eventOf(POD, rules('level: RequestResponse'))).toMatchObject({ level: 'Request', requestObject: { kind: 'Pod' } });
    expect(eventOf(changed(POD, { responseObject: { kind: 'Pod' } }), rules('level: RequestResponse'))).not.toHaveProperty(
      'responseObject',
    );
  });

  test('leaves managedFields out of bodies alone', () => {
    const metadata = { managedFields: [{ manager: 'x' }], name: 'a', labels: { managedFields: 'stays' } };
    const line = changed(POD, { requestObject: { kind: 'List', items: [{ metadata }, { metadata: { managedFields: [] } }] } });
    expect(eventOf(line, rules('level: Request', 'omitManagedFields: true\n'))).toMatchObject({
      requestObject: { items: [{ metadata: { name: 'a', labels: { managedFields: 'stays' } } }, { metadata: {} }] },
    });
    expect(entryOf(line, rules('level: Request', 'omitManagedFields: true\n')).line.toString()).not.toContain('"manager"');
    expect(entryOf(line, rules('level: Request')).line.toString()).toContain('"manager"');
  });

  test('counts what leaves by level and stage', () => {
    const options = rules('level: Metadata');
    read(POD, options);
    expect(options.counts.events.Metadata.ResponseComplete).toBe(1);
  });
});

/** What an event that was refused, with these fields, is counted under. */
function forbiddenOf(fields: object, options = optionsOf()): Record<string, number> {
  read(changed(PLAIN, { stage: 'ResponseComplete', responseStatus: { code: 403 }, ...fields }), options);
  return Object.fromEntries(Object.entries(options.counts.forbidden).filter(([, count]) => count > 0));
}

describe('a request that is forbidden', () => {
  test.each([
    ['secrets', { resource: 'secrets', namespace: 'a', name: 'b' }],
    ['serviceaccounts/token', { resource: 'serviceaccounts', subresource: 'token' }],
    ['pods/exec', { resource: 'pods', subresource: 'exec' }],
    ['nodes/proxy', { resource: 'nodes', subresource: 'proxy' }],
    ['others', { resource: 'secrets', apiGroup: 'example.org' }],
    ['others', { resource: 'others' }],
    ['others', { resource: `x${'y'.repeat(300)}` }],
  ])('is counted under %s', (counted, objectRef) => {
    expect(forbiddenOf({ objectRef })).toStrictEqual({ [counted]: 1 });
  });

  test('is counted under others when it is for a path', () => {
    expect(forbiddenOf({ objectRef: undefined, requestURI: '/metrics' })).toStrictEqual({ others: 1 });
  });

  test('is counted when it is complete, and when it leaves', () => {
    expect(forbiddenOf({ stage: 'ResponseStarted' })).toStrictEqual({});
    expect(forbiddenOf({ responseStatus: { code: 401 } })).toStrictEqual({});
    expect(forbiddenOf({}, rules('level: None'))).toStrictEqual({});
  });
});

describe('what is no event leaves as what is known of it', () => {
  const head = '{"auditID":"id-1","stage":"Panic","verb":"get","user":{"username":"eve"},"requestObject":{"a":"hunter2"},';
  test.each([
    ['cut off', `${head}"responseObject":{"a":"hunter2`, 'cut-off'],
    ['no JSON', `${head}"responseObject":{"a":"hunter2"}}}`, 'no-json'],
    ['NUL', Buffer.from(`${head}"responseObject":{"a":"hunter2"\0}`), 'no-json'],
    ['given twice', `${head}"requestObject":{"a":"hunter2"}}`, 'given-twice'],
    ['not UTF-8', Buffer.concat([Buffer.from(`${head}"userAgent":"hunter2`), Buffer.from([0xff]), Buffer.from('"}')]), 'malformed'],
    ['wrong types', `${head}"level":["hunter2"]}`, 'malformed'],
    ['a level that there is not', `${head}"level":"hunter2"}`, 'no-event'],
    ['another kind', `${head}"kind":"Pod"}`, 'no-event'],
    ['deep', `${head}"responseObject":${'{"hunter2":'.repeat(20_000)}`, 'too-deep'],
  ] as const)('%s', (_, line, fault) => {
    const counts = new AuditCounts();
    const entry = entryOf(line, optionsOf({ counts }));
    const event = JSON.parse(entry.line.toString()) as object;
    expect(entry.line.toString()).not.toContain('hunter2');
    expect(event).toMatchObject({
      kind: 'Event',
      level: 'Metadata',
      auditID: 'id-1',
      stage: 'Panic',
      verb: 'get',
      user: { username: 'eve' },
    });
    expect(event).toMatchObject({ annotations: { 'logferry.io/unparsable': `${fault}, ${Buffer.from(line).length} bytes` } });
    expect(entry).toMatchObject({ time: null, channel: 3, isMalformed: true });
    expect(counts.unparsable[fault]).toBe(1);
  });

  test('even when nothing is', () => {
    expect(entryOf('hunter2').line.toString()).toBe(
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","annotations":{"logferry.io/unparsable":"no-json, 7 bytes"}}',
    );
  });

  test('a blank line is nothing', () => expect(read(' ')).toStrictEqual({ kind: 'filtered', reason: 'empty' }));
});

describe('an event behind one that was torn', () => {
  const reader = new EventReader(optionsOf());

  /** What comes of a line that is pushed in stretches of `size`. */
  function linesOf(line: Buffer, size: number): string[] {
    const lines: string[] = [];
    const finish = (): void => {
      const event = reader.finish();
      lines.push(event.kind === 'entry' ? event.line.toString() : event.reason);
    };
    for (let at = 0; at < line.length; ) {
      const end = Math.min(at + size, line.length);
      const next = reader.push(line, at, end);
      if (next !== -1) finish();
      at = next === -1 ? end : next;
    }
    finish();
    return lines;
  }

  const torn = fc.constantFrom(...LINES).chain((line) => fc.nat(line.length).map((length) => ({ line, length })));

  test('I5 I9 comes as if it had a line of its own, however the line is cut, unless a value may begin there', () => {
    fc.assert(
      fc.property(torn, fc.constantFrom(...LINES), fc.integer({ min: 1, max: 200 }), ({ line, length }, other, size) => {
        const bytes = Buffer.concat([Buffer.from(line).subarray(0, length), Buffer.from(other)]);
        const lines = linesOf(bytes, size);
        expect(lines).toStrictEqual(linesOf(bytes, bytes.length));
        fc.pre(!/^\s*$|[:[,]$/.test(line.slice(0, length)));
        expect(lines).toHaveLength(2);
        expect(lines[1]).toBe(entryOf(other).line.toString());
      }),
      { numRuns: 1000 },
    );
  });

  test('is one on its own when the first is whole, and none when it is a part of the first', () => {
    expect(linesOf(Buffer.from(PLAIN + PLAIN + PLAIN), 7)).toStrictEqual([PLAIN, PLAIN, PLAIN]);
    const forged = changed(POD, { requestObject: { a: JSON.parse(PLAIN), b: PLAIN, [PLAIN]: 1 } });
    expect(linesOf(Buffer.from(forged), 7)).toHaveLength(1);
    expect(linesOf(Buffer.from(forged.slice(0, -20)), 7)).toHaveLength(1);
  });
});

describe('an event that is too large', () => {
  test('goes without its bodies', () => {
    const counts = new AuditCounts();
    const line = changed(POD, { requestObject: { a: 'x'.repeat(3000) } });
    expect(eventOf(line, optionsOf({ maxLineBytes: 2048, counts }))).toMatchObject({
      user: { username: 'admin' },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'logferry.io/truncated': 'requestObject' },
    });
    expect(counts.truncated.requestObject).toBe(1);
  });

  test('I3: goes without what was not held', () => {
    const line = changed(POD, { requestObject: { a: 'x'.repeat(3000) } });
    expect(eventOf(line, optionsOf({ keptBytes: 2048 }))).toMatchObject({ annotations: { 'logferry.io/truncated': 'requestObject' } });
  });

  test('keeps who and what, however long the URI is', () => {
    const line = changed(POD, { requestURI: `/api?a=${'x'.repeat(3000)}`, user: { username: 'eve', groups: ['g'.repeat(3000)] } });
    expect(eventOf(line, optionsOf({ maxLineBytes: 2048 }))).toMatchObject({
      requestURI: '/api',
      user: { username: 'eve' },
      verb: 'create',
      objectRef: { resource: 'pods' },
    });
  });
});

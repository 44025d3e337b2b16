import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuditCounts } from '../../agent/audit/audit-counts.ts';
import { EventReader, type ReadEvent } from '../../agent/audit/event-reader.ts';
import { goJson } from '../../agent/audit/go-json.ts';

const OPTIONS = { policy: null, credentials: [{ group: 'example.org', resource: 'vaults' }], keptBytes: 8192, maxLineBytes: 4096 };
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** No form of its own: what gives it away is where it stands. */
const PLAIN = 'hunter2PLANTEDalpha91f3';
/** Known by its form wherever it stands. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJQTEFOVEVEIn0.UExBTlRFRC1zaWduYXR1cmU';
const SECRETS = [PLAIN, TOKEN];
const FORMS = SECRETS.flatMap((secret) => [secret, Buffer.from(secret).toString('base64').replace(/=*$/, '')]);

function read(lines: string | Buffer, lengths: readonly number[] = [], options: object = {}): ReadEvent {
  const reader = new EventReader({ ...OPTIONS, counts: new AuditCounts(), ...options });
  const bytes = Buffer.from(lines);
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const end = Math.min(at + length, bytes.length);
    reader.push(bytes, at, end);
    at = end;
  }
  return reader.finish();
}

function lineOf(line: string | Buffer, lengths: readonly number[] = [], options: object = {}): string {
  const event = read(line, lengths, options);
  return event.kind === 'entry' ? event.line.toString() : '{}';
}

/** All texts of an entry as a reader might make them of it. */
function expectNoSecret(line: string): void {
  const decoded = line.replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  for (const form of FORMS) expect(decoded).not.toContain(form);
}

/** An object that holds credentials, with the secret in one of its forms. */
const credentialObject = fc
  .record({
    secret: fc.constantFrom(...FORMS),
    kind: fc.constantFrom('Secret', 'ConfigMap', 'TokenReview', 'TokenRequest', 'Vault', 'secret', 'SecretList'),
    place: fc.constantFrom('data', 'stringData', 'binaryData', 'spec', 'status', 'items'),
    kindKey: fc.constantFrom('kind', 'Kind'),
  })
  .map(({ secret, kind, place, kindKey }) => ({ [kindKey]: kind, apiVersion: 'v1', metadata: { name: 'a' }, [place]: { a: secret } }));

/** Values of a body that hold a secret which must not leave, whatever the object is. */
const dirtyValue: fc.Arbitrary<unknown> = fc.oneof(
  credentialObject,
  credentialObject.map((object) => ({ kind: 'List', apiVersion: 'v1', items: [{ kind: 'Pod' }, object] })),
  credentialObject.map((object) => ({ kind: 'Table', rows: [{ cells: ['a'], object }] })),
  credentialObject.map((object) => ({ annotations: { 'example.org/applied': JSON.stringify(object) } })),
  credentialObject.map((object) => ({ annotations: { 'example.org/applied': JSON.stringify({ inner: JSON.stringify(object) }) } })),
  fc.constantFrom(...FORMS).map((secret) => ({ metadata: { annotations: { [LAST_APPLIED]: JSON.stringify({ a: secret }) } } })),
  fc.constantFrom(...FORMS).map((value) => ({ spec: { containers: [{ name: 'c', env: [{ name: 'DB', value }] }] } })),
  fc.constantFrom(...FORMS).map((value) => ({ spec: { containers: [{ env: [{ value, name: 'DB_PASSWORD' }] }] } })),
  fc.constantFrom(...FORMS).map((value) => ({ httpHeaders: [{ value, name: 'Authorization' }] })),
  fc.constantFrom(...FORMS).map((secret) => ({ args: ['--token', secret, `--db-password=${secret}`] })),
  fc.constantFrom(...FORMS).map((password) => ({ spec: { url: `postgres://user:${password}@db:5432/x`, password } })),
  fc.constantFrom(...FORMS).map((value) => [{ op: 'replace', path: '/spec/containers/0/env/0/value', value }]),
  fc.constantFrom(...FORMS).map((value) => [{ value, path: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`, op: 'add' }]),
  fc.constantFrom(...FORMS).map((value) => [{ op: 'add', path: '/spec/password', value: { a: value } }]),
  fc.constantFrom(...FORMS).map((secret) => ({ spec: { manifest: `apiVersion: v1\nkind: Secret\nstringData:\n  a: ${secret}\n` } })),
  fc.constant({ spec: { a: TOKEN, b: `x ${TOKEN} y`, c: Buffer.from(TOKEN).toString('base64'), [TOKEN]: 1 } }),
  fc.constant({ spec: { a: `Bearer ${PLAIN}`, b: Buffer.from(`token=${PLAIN}`).toString('base64') } }),
);

const noise = fc.dictionary(fc.constantFrom('a', 'spec', 'metadata', 'é', 'c'), fc.jsonValue({ noUnicodeString: false, maxDepth: 3 }));

const dirtyBody = fc
  .tuple(dirtyValue, noise, fc.nat({ max: 3 }))
  .map(([value, around, depth]) => Array.from({ length: depth }).reduce<unknown>((inner) => ({ ...around, nested: inner }), value));

interface Planted {
  readonly objectRef: object;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

const planted: fc.Arbitrary<Planted> = fc.oneof(
  fc.tuple(dirtyBody, fc.constantFrom('requestObject', 'responseObject')).map(([body, field]) => ({
    objectRef: { resource: 'widgets', apiGroup: 'example.org', name: 'w' },
    [field]: body,
  })),
  fc
    .tuple(
      fc.constantFrom(
        { resource: 'secrets', name: 'a' },
        { resource: 'configmaps', name: 'a' },
        { resource: 'serviceaccounts', subresource: 'token', name: 'a' },
        { resource: 'tokenreviews', apiGroup: 'authentication.k8s.io' },
        { resource: 'vaults', apiGroup: 'example.org', name: 'a' },
      ),
      fc.constantFrom(...FORMS),
      noise,
    )
    .map(([objectRef, secret, around]) => ({
      objectRef,
      requestObject: { ...around, stringData: { a: secret } },
      responseObject: [{ op: 'add', path: '/data/a', value: secret }],
    })),
);

const events: fc.Arbitrary<string> = fc
  .record({
    body: planted,
    token: fc.constantFrom('', `?token=${PLAIN}&x=<y>`, `?x=${TOKEN}`),
    message: fc.constantFrom('', `admission webhook "a" denied the request: Bearer ${TOKEN}`, `spec.password=${PLAIN} is invalid`),
    isEscaped: fc.boolean(),
  })
  .map(({ body: { objectRef, ...bodies }, token, message, isEscaped }) => {
    const line = goJson({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      auditID: '74ccd188-8d6e-4e94-a57f-6ea195077521',
      stage: 'ResponseComplete',
      requestURI: `/apis/example.org/v1/widgets/w${token}`,
      verb: 'patch',
      user: { username: 'admin', groups: ['system:masters'] },
      sourceIPs: ['127.0.0.1'],
      userAgent: `curl/7 Bearer ${TOKEN}`,
      objectRef,
      responseStatus: { metadata: {}, message, code: 200 },
      requestReceivedTimestamp: '2026-11-23T00:24:00.754325Z',
      stageTimestamp: '2026-11-23T00:24:00.765918Z',
      annotations: { 'authorization.k8s.io/decision': 'allow', 'patch.webhook.admission.k8s.io/round_0_index_0': goJson(bodies) },
    });
    const fields = Object.entries(bodies).map(([name, body]) => `"${name}":${isEscaped ? escaped(goJson(body)) : goJson(body)},`);
    return line.replace('"requestReceivedTimestamp"', () => `${fields.join('')}"requestReceivedTimestamp"`);
  });

/** The same JSON with some letters, of keys as well, as escapes. */
function escaped(json: string): string {
  return json.replace(/(?<!\\)[PThk]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

test('no secret leaves, wherever it was planted and wherever the line ends', () => {
  fc.assert(
    fc.property(events, fc.option(fc.nat()), (event, cut) => {
      const line = lineOf(cut === null ? event : Buffer.from(event).subarray(0, cut % event.length));
      expectNoSecret(line);
      expect(line).not.toContain('\n');
      expect(JSON.parse(line)).toBeTypeOf('object');
    }),
    { numRuns: 1500 },
  );
});

test('I9: the same whatever the stretches, and again when it is read again', () => {
  fc.assert(
    fc.property(events, fc.array(fc.nat({ max: 300 })), (event, lengths) => {
      const line = lineOf(event);
      expect(lineOf(event, lengths)).toBe(line);
      expect(lineOf(line)).toBe(line);
    }),
    { numRuns: 1000 },
  );
});

test('no line is longer than it may be, and each is an event', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1024, max: 3000 }), fc.nat({ max: 3000 }), (event, maxLineBytes, more) => {
      const longer = event.replace('"admin"', `"admin${'x'.repeat(more)}"`).replace('/widgets/', `/${'y'.repeat(more)}/`);
      const line = lineOf(longer, [], { maxLineBytes });
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
      expect(JSON.parse(line)).toMatchObject({ kind: 'Event', auditID: '74ccd188-8d6e-4e94-a57f-6ea195077521', stage: 'ResponseComplete' });
      expectNoSecret(line);
    }),
    { numRuns: 500 },
  );
});

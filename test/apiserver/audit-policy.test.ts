import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiRequest, resourceName } from '../../agent/audit/api-request.ts';
import { GOOD_POLICY } from '../../agent/audit/good-policy.ts';
import { parseEvent } from '../../agent/audit/audit-event.ts';
import { explainRequest } from '../../agent/audit/explain-request.ts';
import { parsePolicyDocument } from '../../agent/audit/policy-document.ts';
import type { Policy } from '../../agent/audit/policy.ts';
import { readPolicy } from '../../agent/audit/read-policy.ts';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { record, type Recording } from './audited-server.ts';
import { Etcd } from './etcd.ts';
import { LEAKY, POLICIES } from './policies.ts';
import { type RecordedRequest, REVIEWED_TOKEN, SECRET_VALUE, SETTING_VALUE } from './recorded-requests.ts';

const REFUSED = /"code":40[13]/;

/** What was recorded of a request: the level and the stages of its events. */
interface Outcome {
  readonly level: string;
  readonly stages: readonly string[];
}

let etcd: Etcd;
let dir: TempDir;
beforeAll(async () => {
  etcd = await Etcd.start();
  dir = await tempDir();
});
afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

describe.each(Object.entries(POLICIES))('%s', (name, text) => {
  const policy = policyOf(text);
  let recording: Recording;
  beforeAll(async () => {
    recording = await record(etcd, text);
  });

  test('what explain says of a request is what the API server has written', () => {
    const { requests, lines } = recording;
    const written = Object.fromEntries(Object.keys(requests).map((name) => [name, outcomeOf(lines.get(name)!)]));
    const predicted = Object.fromEntries(Object.entries(requests).map(([name, request]) => [name, predict(policy, apiRequest(request))]));
    console.log(`${name}: ${Object.keys(requests).length} requests, ${[...lines.values()].flat().length} events of them`);
    expect(Object.keys(requests).length).toBeGreaterThanOrEqual(40);
    expect(written).toEqual(predicted);
  });

  test('the command says the same', async () => {
    const file = join(dir.path, 'policy.yaml');
    writeFileSync(file, text);
    for (const [name, request] of Object.entries(recording.requests)) {
      // Nobody can be named on the command line.
      if (request.who.user === null) continue;
      const { stdout, stderr } = await runCommand(auditCommand, ['explain', file, ...optionsOf(apiRequest(request)), '--json']);
      expect(stderr, name).toBe('');
      expect(settled(JSON.parse(stdout) as Outcome), name).toEqual(outcomeOf(recording.lines.get(name)!));
    }
  });

  test('an event says what request it is of', () => {
    for (const [name, request] of Object.entries(recording.requests)) {
      for (const line of recording.lines.get(name)!) expect(parseEvent(line)?.request, `${name}: ${line}`).toEqual(apiRequest(request));
    }
  });

  test('every event, also of requests of the API server to itself, has the level and one of the stages of its request', () => {
    expect(recording.all.length).toBeGreaterThan(0);
    for (const line of recording.all) {
      const event = parseEvent(line)!;
      const { level, stages } = explainRequest(policy, event.request);
      expect(event.level, line).toBe(level);
      expect(stages, line).toContain(event.stage);
    }
  });

  test('bodies are in the events of the levels that record them, and what clients send is in those of resources alone', () => {
    for (const line of recording.all) {
      const { level, request, requestBytes, responseBytes } = parseEvent(line)!;
      const mayBeSent = level !== 'Metadata' && request.target.kind === 'resource';
      if (!mayBeSent) expect(requestBytes, line).toBe(0);
      // What a watch sends is no answer, but its refusal is one.
      const isAnswered = level === 'RequestResponse' && (request.verb !== 'watch' || REFUSED.test(line));
      if (!isAnswered) expect(responseBytes, line).toBe(0);
      else if (REFUSED.test(line)) expect(responseBytes, line).toBeGreaterThan(0);
    }
  });

  test('values of Secrets, ConfigMaps and tokens are in the log if, and only if, check says that they leak', async () => {
    const file = join(dir.path, 'policy.yaml');
    writeFileSync(file, text);
    const { stdout } = await runCommand(auditCommand, ['check', file]);
    const log = recording.all.join('\n');
    const found = valuesOf(recording).filter((value) => log.includes(value));
    console.log(`${name}: ${found.length} values in the log`);
    expect(found.length > 0, stdout).toBe(stdout.includes('leaks-secrets'));
    if (text === LEAKY) expect(found).toEqual(valuesOf(recording));
    if (text === GOOD_POLICY) expect(found).toEqual([]);
  });
});

function valuesOf({ token }: Recording): string[] {
  return [SECRET_VALUE, SETTING_VALUE, REVIEWED_TOKEN, token];
}

function policyOf(text: string): Policy {
  const opened = parsePolicyDocument('policy.yaml', text);
  if (!opened.ok) throw new Error(JSON.stringify(opened.findings));
  const { policy, findings } = readPolicy(opened.document);
  if (policy === null) throw new Error(JSON.stringify(findings));
  return policy;
}

function apiRequest({ who: { user, groups }, verb, target }: RecordedRequest): ApiRequest {
  return { user, groups: [...groups], verb, target };
}

function predict(policy: Policy, request: ApiRequest): Outcome {
  return settled(explainRequest(policy, request));
}

/** Of an explanation, what becomes of a request whose handler does not panic; without an event there is no level either. */
function settled(explanation: Outcome): Outcome {
  const stages = explanation.stages.filter((stage) => stage !== 'Panic');
  return { level: stages.length === 0 ? 'None' : explanation.level, stages };
}

function outcomeOf(lines: readonly string[]): Outcome {
  const events = lines.map((line) => parseEvent(line)!);
  return { level: [...new Set(events.map(({ level }) => level))].join(' and ') || 'None', stages: events.map(({ stage }) => stage) };
}

function optionsOf({ user, groups, verb, target }: ApiRequest): string[] {
  const who = ['--user', user!, '--group', groups.join(','), '--verb', verb];
  if (target.kind === 'path') return [...who, '--path', target.path];
  const { namespace, name } = target;
  const place = [...(namespace === '' ? [] : ['--namespace', namespace]), ...(name === '' ? [] : ['--name', name])];
  return [...who, '--resource', resourceName(target), ...place];
}

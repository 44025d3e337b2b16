import { describe, expect, test } from 'vitest';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { policyFile, THREE_RULES } from '../support/policy-file.ts';

async function explain(args: readonly string[], text = THREE_RULES): ReturnType<typeof runCommand> {
  return runCommand(auditCommand, ['explain', await policyFile(text), ...args]);
}

const POD = ['--verb', 'create', '--resource', 'pods', '--namespace', 'shop'];

describe('logferry audit explain', () => {
  test('explains a policy rule by rule', async () => {
    expect(await explain([])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `\
rules[0] None      watch by user system:kube-proxy
  recorded: nothing
  for example user system:kube-proxy (groups system:authenticated): watch deployments.apps in namespace shop
rules[1] Request   every request for pods
  recorded: who, what, when, the outcome, and what the client sends
  for example user alice (groups system:authenticated): create pods in namespace shop
rules[2] Metadata  every request
  recorded: who, what, when and the outcome
  for example user alice (groups system:authenticated): create deployments.apps in namespace shop
all others  are not recorded
  there are none
`,
    });
  });

  test('names the rule that decides about a request, and why those before do not', async () => {
    expect(await explain(['--user', 'alice', ...POD])).toMatchObject({
      code: 0,
      stdout: `\
user alice (groups system:authenticated): create pods in namespace shop

rules[0] None      passed: alice is not among users system:kube-proxy
rules[1] Request   decides: every request for pods

recorded: who, what, when, the outcome, and what the client sends (Request)
at: RequestReceived, ResponseComplete; Panic instead of ResponseComplete when the handler panics
`,
    });
  });

  test('says when no rule matches', async () => {
    const { stdout } = await explain(
      ['--user', 'bob', '--verb', 'get', '--path', '/metrics'],
      THREE_RULES.replace('- level: Metadata\n', ''),
    );
    expect(stdout).toContain(
      'rules[1] Request  passed: it is for resources, and this is another URL\nno rule matches\n\nrecorded: nothing (None)\n',
    );
  });

  test('gives service accounts and the anonymous their groups', async () => {
    const { stdout } = await explain(['--user', 'system:serviceaccount:shop:web', ...POD]);
    expect(stdout).toContain('(groups system:serviceaccounts, system:serviceaccounts:shop, system:authenticated)');
    expect((await explain(['--user', 'system:anonymous', ...POD])).stdout).toContain('(groups system:unauthenticated)');
    expect((await explain(['--user', 'bob', '--group', 'ops,dev', ...POD])).stdout).toContain('(groups ops, dev)');
  });

  test.each([
    ['namespaces: [bank]', 'namespace \\"shop\\" is not among namespaces \\"bank\\"'],
    ['verbs: [get, list]', 'create is not among verbs get, list'],
    ['userGroups: [ops]', 'none of the groups system:authenticated is among userGroups ops'],
    ['resources: [{group: apps}]', 'pods is not among all resources of apps'],
    ['resources: [{resources: [pods], resourceNames: [a, b]}]', 'name \\"\\" is not among pods named a or b'],
    ['nonResourceURLs: ["/a*"]', 'it is for other URLs, and this is a resource'],
  ])('%s', async (condition, why) => {
    const text = `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None, ${condition}}]\n`;
    expect((await explain(['--user', 'alice', ...POD, '--json'], text)).stdout).toContain(`"${why}"`);
  });

  test('prints JSON, with the stages that are left', async () => {
    const args = [
      '--user',
      'alice',
      '--verb',
      'get',
      '--resource',
      'deployments.apps/scale',
      '--namespace',
      'shop',
      '--name',
      'web',
      '--json',
    ];
    const { stdout } = await explain(args, `omitStages: [RequestReceived]\n${THREE_RULES}`);
    expect(JSON.parse(stdout)).toStrictEqual({
      request: {
        user: 'alice',
        groups: ['system:authenticated'],
        verb: 'get',
        target: { kind: 'resource', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'shop', name: 'web' },
      },
      rule: 2,
      level: 'Metadata',
      stages: ['ResponseComplete', 'Panic'],
      passed: ['alice is not among users system:kube-proxy', 'deployments.apps/scale is not among pods'],
    });
  });

  test('watch, exec and log start before they end', async () => {
    const { stdout } = await explain(['--user', 'alice', '--verb', 'create', '--resource', 'pods/exec', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ stages: ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] });
  });

  test.each([
    ['Request', 'who, what, when and the outcome'],
    ['RequestResponse', 'who, what, when and the outcome, and what it is answered where that is an object'],
  ])('at %s of other URLs than those of resources: %s', async (level, recorded) => {
    const { stdout } = await explain(['--user', 'alice', '--verb', 'get', '--path', '/apis'], THREE_RULES.replace('Metadata', level));
    expect(stdout).toContain(`recorded: ${recorded}`);
  });

  test.each([
    ['/debug/pprof/profile', ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']],
    ['/debug/pprof', ['RequestReceived', 'ResponseComplete', 'Panic']],
  ])('so do profiles: %s', async (path, stages) => {
    const { stdout } = await explain(['--user', 'alice', '--verb', 'get', '--path', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ stages });
  });

  test('names what an API server would not take, on stderr', async () => {
    const { code, stdout, stderr } = await explain([], THREE_RULES.replace('Metadata', 'metadata'));
    expect({ code, stdout }).toStrictEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(':11:10: error[wrong-value] rules[2].level: unknown level "metadata", did you mean Metadata?');
  });

  test('shows names that hold controls so that they do no harm', async () => {
    const text = `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None, users: ["a\\e[31m\\n::error::*"]}, {level: Metadata}]\n`;
    for (const action of ['explain', 'check']) {
      const { stdout } = await runCommand(auditCommand, [action, await policyFile(text)]);
      expect(stdout).not.toContain('\u001b');
      expect(stdout).not.toMatch(/^::error::/m);
      expect(stdout).toContain('[31m');
    }
  });

  test.each([
    [['--verb', 'get'], 'say who makes the request with --user'],
    [['--user', 'a'], 'say what the request does with --verb'],
    [['--user', 'a', '--verb', 'get'], 'with either --resource or --path'],
    [['--user', 'a', '--verb', 'get', '--path', '/a', '--name', 'b'], '--namespace and --name go with --resource'],
    [['--user', 'a', '--verb', 'get', '--path', '/api/v1/pods'], '/api/v1/pods is the path of a resource'],
    [['--json'], '--json goes with a request'],
  ])('is misused by %j', async (args, message) => {
    const { code, stderr } = await explain(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`logferry audit explain: `);
    expect(stderr).toContain(message);
  });
});

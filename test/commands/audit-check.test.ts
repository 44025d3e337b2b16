import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { policyFile, THREE_RULES } from '../support/policy-file.ts';

const LEAKY = join(import.meta.dirname, '../samples/audit/leaky-policy.yaml');
function check(...args: string[]): ReturnType<typeof runCommand> {
  return runCommand(auditCommand, ['check', ...args]);
}

describe('logferry audit check', () => {
  test('refuses a policy that records Secrets, names the rule, and a request, and the rule to put before', async () => {
    const { code, stdout, stderr } = await check(LEAKY);
    expect({ code, stderr }).toStrictEqual({ code: 1, stderr: '' });
    expect(stdout.replaceAll(LEAKY, 'leaky.yaml')).toBe(`\
leaky.yaml:9:3: error[leaks-secrets] rules[2]: records Secrets, ConfigMaps, serviceaccounts/token, TokenReviews at RequestResponse: what clients send and what they are answered goes into the log
  for example user alice (groups system:authenticated): create secrets in namespace shop
  put before it:
    - level: Metadata
      resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: "authentication.k8s.io"
        resources: ["tokenreviews"]
leaky.yaml: errors: 1, warnings: 0
`);
  });

  test('takes it with that rule before the other, which then is for nothing', async () => {
    const { stdout } = await check(LEAKY, '--json');
    const { findings } = JSON.parse(stdout) as { findings: readonly { fix: string }[] };
    const text = readFileSync(LEAKY, 'utf8').replace('- level: RequestResponse', `${findings[0]!.fix}- level: RequestResponse`);
    const again = await check(await policyFile(text), '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ findings: [{ check: 'shadowed-rule', key: 'rules[3]' }] });
  });

  test('finds nothing in a good one', async () => {
    const file = await policyFile(THREE_RULES);
    expect(await check(file)).toMatchObject({ code: 0, stdout: `${file}: nothing found\n`, stderr: '' });
    expect(JSON.parse((await check(file, '--json')).stdout)).toStrictEqual({ ok: true, findings: [] });
  });

  test('lets warnings pass unless it is to be strict', async () => {
    const file = await policyFile(THREE_RULES.replace('- level: Metadata\n', ''));
    expect(await check(file)).toMatchObject({ code: 0, stdout: expect.stringContaining('warning[no-catch-all]') as string });
    expect((await check(file, '--strict')).code).toBe(1);
  });

  test('writes SARIF that names check, file and place', async () => {
    const { code, stdout } = await check(LEAKY, '--sarif');
    expect(code).toBe(1);
    const log = JSON.parse(stdout) as {
      runs: [{ tool: { driver: { rules: readonly { id: string }[] } }; results: readonly { ruleIndex: number }[] }];
    };
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'leaks-secrets',
              level: 'error',
              locations: [{ physicalLocation: { artifactLocation: { uri: LEAKY }, region: { startLine: 9, startColumn: 3 } } }],
            },
          ],
        },
      ],
    });
    const [{ tool, results }] = log.runs;
    expect(tool.driver.rules[results[0]!.ruleIndex]).toMatchObject({ id: 'leaks-secrets' });
  });

  test.each([
    ['there is no such file', null],
    ['not valid YAML', 'rules: ['],
    ['holds no policy', '# later\n'],
  ])('fails over a file of which it says: %s', async (message, text) => {
    const file = text === null ? '/nowhere/policy.yaml' : await policyFile(text);
    expect(await check(file)).toMatchObject({ code: 2, stdout: expect.stringContaining(message) as string });
  });

  test.each([
    [[], 'say what to do: check, explain'],
    [['chek'], 'unknown action chek, did you mean check?'],
    [['check'], 'name the policy file'],
    [['check', 'a', 'b'], 'unexpected argument "b"'],
    [['check', 'a', '--json', '--sarif'], '--json and --sarif exclude each other'],
    [['check', 'a', '--jsn'], 'unknown option --jsn, did you mean --json?'],
  ])('is misused by %j', async (args, message) => {
    const { code, stdout, stderr } = await runCommand(auditCommand, args);
    expect({ code, stdout }).toStrictEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('See logferry audit --help.');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../agent/commands/check.ts';
import { runCommand } from '../support/command-host.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** Line by line. */
  readonly stderr: readonly string[];
}

let directory: string;
let file: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'logferry-check-'));
  file = join(directory, 'logferry.yaml');
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs `logferry check` in this process; paths of the test's directory are left out of what it says. */
async function check(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await runCommand(checkCommand, args, { env: { NODE_NAME: 'node-1' } });
  return { code, stdout: withoutPaths(stdout), stderr: withoutPaths(stderr).split('\n').slice(0, -1) };
}

function withoutPaths(text: string): string {
  return text.replaceAll(`${directory}/`, '');
}

const GOOD = `node_name: \${NODE_NAME}
kubernetes: {enabled: false}
outputs:
  - name: main
    type: loki
    url: https://loki/push
    headers: {X-Key: s3cret}
`;

describe('logferry check', () => {
  it('prints the configuration in force, with secrets masked', async () => {
    await writeFile(file, GOOD);
    const { code, stdout, stderr } = await check('--config', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout).toMatch(/^node_name: node-1\nstate_dir: \/var\/lib\/logferry\ncontainers:\n {2}log_dir: \/var\/log\n/);
    expect(stdout).toContain('    headers:\n      X-Key: <hidden>\n');
  });

  it('prints it as JSON on demand', async () => {
    await writeFile(file, GOOD);
    const { code, stdout } = await check(`--config=${file}`, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      config: { node_name: 'node-1', outputs: [{ headers: { 'X-Key': '<hidden>' } }] },
      warnings: [],
    });
  });

  it('reports problems on stderr and exits with 2', async () => {
    await writeFile(file, 'clustr: a\noutputs: []\n');
    expect(await check('--config', file)).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'logferry.yaml:1:1 clustr: unknown key, did you mean cluster?',
        'logferry.yaml:2:10 outputs: an empty list, write at least one output',
      ],
    });
    const { code, stdout } = await check('--config', file, '--json');
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 2,
      ok: false,
      problems: [
        { file: 'logferry.yaml', place: { line: 1, column: 1 }, key: 'clustr', message: 'unknown key, did you mean cluster?' },
        { file: 'logferry.yaml', place: { line: 2, column: 10 }, key: 'outputs', message: 'an empty list, write at least one output' },
      ],
    });
  });

  it('reports a file that is not there', async () => {
    expect(await check('--config', join(directory, 'none.yaml'))).toEqual({
      code: 2,
      stdout: '',
      stderr: ['none.yaml: can not be read: there is no such file, check the path'],
    });
  });

  it('warns of what is probably not meant, and of files that are named and not there', async () => {
    const present = join(directory, 'ca.pem');
    await writeFile(present, '');
    await writeFile(
      file,
      `kubernetes: {ca_file: ${present}, token_file: ${directory}/token}
outputs:
  - {name: a, type: loki, url: "https://loki/a", tls: {ca_file: ${present}, cert_file: ${directory}/cert, key_file: ${directory}/key}}
  - {name: b, type: loki, url: "https://loki/b", basic_auth: {username: u, password_file: ${directory}/password}}
  - {name: c, type: loki, url: "https://loki/c", bearer_token_file: ${present}/token}
`,
    );
    const { code, stderr } = await check('--config', file);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: [
        'warning: logferry.yaml kubernetes.token_file: token does not exist here',
        'warning: logferry.yaml outputs[0].tls.cert_file: cert does not exist here',
        'warning: logferry.yaml outputs[0].tls.key_file: key does not exist here',
        'warning: logferry.yaml outputs[1].basic_auth.password_file: password does not exist here',
        'warning: logferry.yaml outputs[2].bearer_token_file: ca.pem/token can not be looked at here (ENOTDIR)',
      ],
    });
  });

  it.each([
    [[], 'name the configuration file with --config FILE'],
    [['--json'], 'name the configuration file with --config FILE'],
    [['--config'], '--config needs a value, write --config=VALUE'],
    [['--config='], '--config needs a value, write --config=VALUE'],
    [['--config', '--json'], '--config needs a value, write --config=VALUE'],
    [['--config', 'a', '--config', 'b'], '--config is given twice, give it once'],
    [['--confg', 'a'], 'unknown option --confg, did you mean --config?'],
    [['--verbose'], 'unknown option --verbose; known: --config, --json, --start, --help'],
    [['-c', 'a'], 'unknown option -c; known: --config, --json, --start, --help'],
    [['--json=yes'], '--json takes no value, write it alone'],
    [['--no-json'], 'unknown option --no-json; known: --config, --json, --start, --help'],
    [['--constructor'], 'unknown option --constructor; known: --config, --json, --start, --help'],
    [['a.yaml'], 'unexpected argument "a.yaml"; options begin with --'],
    [['--config', 'a', '--', 'b'], 'unexpected argument "b"; options begin with --'],
  ])('refuses %j', async (args, message) => {
    expect(await check(...args)).toEqual({ code: 2, stdout: '', stderr: [`logferry check: ${message}`, 'See logferry check --help.'] });
  });
});

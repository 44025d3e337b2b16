import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const MAIN = new URL('../agent/main.ts', import.meta.url).pathname;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program; `preload` is a module that Node runs before it. */
function start(args: readonly string[], preload?: string): ChildProcess {
  const imports = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  return spawn(process.execPath, [...imports, MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(args: readonly string[], preload?: string): Promise<Outcome> {
  return outcomeOf(start(args, preload));
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    child.stdout?.destroyed === false ? text(child.stdout) : '',
    child.stderr === null ? '' : text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

let directory: string;
let config: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'logferry-main-'));
  config = join(directory, 'logferry.yaml');
  await writeFile(config, 'kubernetes: {enabled: false}\noutputs: [{name: a, type: loki, url: "https://loki/push"}]\n');
});
afterAll(() => rm(directory, { recursive: true }));

describe('logferry', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `logferry ${version}\n`, stderr: '' });
  });

  it('prints an overview of its commands', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Commands:\n {2}run {11}\S.*\n {2}check {9}check a configuration and print the one in force\n {2}test {10}\S.*\n {2}inspect {7}\S.*\n {2}lint-logs {5}\S.*\n {2}dead-letters {2}\S.*\n {2}audit {9}\S.*\n {2}demo {10}\S.*\n\n/m,
    );
  });

  it.each(['run', 'check', 'test', 'inspect', 'lint-logs', 'dead-letters', 'audit', 'demo'])(
    'prints the help of %s, wherever it is asked for',
    async (command) => {
      const { code, stdout, stderr } = await run([command, '--config', 'none.yaml', '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: logferry ${command}\\b.*--help.*Examples:\\n.*\\n$`, 's'));
    },
  );

  it.each([
    [[], 'logferry: name a command: run, check, test, inspect, lint-logs, dead-letters, audit, demo'],
    [['chekc'], 'logferry: unknown command chekc, did you mean check?'],
    [['dead-leters'], 'logferry: unknown command dead-leters, did you mean dead-letters?'],
    [['deploy'], 'logferry: unknown command deploy; known: run, check, test, inspect, lint-logs, dead-letters, audit, demo'],
    [['--verson'], 'logferry: unknown option --verson, did you mean --version?'],
    [['-x'], 'logferry: unknown option -x; known: --help, --version'],
  ])('refuses %j', async (args, message) => {
    expect(await run(args)).toEqual({ code: 2, stdout: '', stderr: `${message}\nSee logferry --help.\n` });
  });

  it('exits with what the command says', async () => {
    expect(await run(['check', '--config', config])).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['check', '--config', join(directory, 'none')])).toEqual({
      code: 2,
      stdout: '',
      stderr: `${directory}/none: can not be read: there is no such file, check the path\n`,
    });
  });

  it('ends quietly when nobody reads its output', async () => {
    const child = start(['check', '--config', config]);
    child.stdout?.destroy();
    expect(await outcomeOf(child)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('ends at once over a bug, with its version and a stack', async () => {
    const preload = `process.on('newListener', (name) => name === 'SIGTERM' && setImmediate(() => { throw new Error('boom'); })); setInterval(() => {}, 1e6);`;
    const { code, stderr } = await run(['check', '--config', config], preload);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^logferry \d+\.\d+\.\d+: unexpected error, please report it: Error: boom\n {4}at /);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('waits for the command after one %s, and ends at once after a second', async (signal, exitCode) => {
    // Stands for a drain that goes on: says that it has seen the signal, and keeps the process alive.
    const preload = `process.on('${signal}', () => process.stdout.write('seen ')); setInterval(() => {}, 1e6);`;
    const child = start(['check', '--config', config], preload);
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    const stdout = child.stdout?.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
    await stdout.next();
    child.kill(signal);
    expect(await stdout.next()).toEqual({ done: false, value: 'seen ' });
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    expect(await exited).toEqual([exitCode, null]);
  });
});

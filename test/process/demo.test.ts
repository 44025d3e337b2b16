import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/** What `npm run build` makes. */
const ENTRY = join(import.meta.dirname, '../../dist/logferry.js');
/** Where the demo makes its folder. */
const temp = mkdtempSync(join(tmpdir(), 'logferry-test-'));

afterAll(() => rmSync(temp, { recursive: true }));

interface Ran {
  readonly exitCode: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo to its end; `watch` is called with all that it has printed, whenever it prints. */
function demo(args: readonly string[], watch: (printed: string, interrupt: () => void) => void = () => {}): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: temp };
    const child = execFile(process.execPath, [ENTRY, 'demo', ...args], { env }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
    let printed = '';
    child.stdout?.on('data', (text: string) => {
      printed += text;
      watch(printed, () => void (child.killed || child.kill('SIGINT')));
    });
  });
}

function count(stdout: string, name: string): number {
  const match = new RegExp(`^ {2}${name} +(?<count>[\\d,]+) `, 'm').exec(stdout);
  return Number(match?.groups?.['count']?.replaceAll(',', ''));
}

test('a kill and an outage: every line is stored once, in order and unchanged', async () => {
  const { exitCode, stdout, stderr } = await demo(['--seconds', '10']);
  expect(stderr).toBe('');
  const happened = [
    'SIGKILL',
    'started again',
    'goes down',
    'is back',
    'fall silent',
    'everything that was written is stored',
    'exit code 0',
  ];
  expect(happened.filter((what) => !stdout.includes(what))).toStrictEqual([]);
  expect(count(stdout, 'written')).toBeGreaterThan(1000);
  expect(count(stdout, 'stored')).toBe(count(stdout, 'written'));
  expect(['lost', 'doubled', 'changed', 'out of order'].map((name) => count(stdout, name))).toStrictEqual([0, 0, 0, 0]);
  expect(stdout).toMatch(/\nEvery line is stored once, in order and byte for byte\.\n$/);
  expect(exitCode).toBe(0);
  expect(readdirSync(temp)).toStrictEqual([]);
});

test('--keep goes on until Ctrl-C, shows what is stored, and then accounts for it', async () => {
  const page = Promise.withResolvers<string>();
  const { exitCode, stdout } = await demo(['--seconds', '5', '--keep'], (printed, interrupt) => {
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0];
    if (url === undefined) return;
    page.resolve(fetch(url).then((response) => response.text()));
    void page.promise.finally(interrupt);
  });
  expect(await page.promise).toMatch(/<p>[\d,]+ entries;/);
  expect(stdout).toContain('\nEvery line is stored once, in order and byte for byte.\n');
  expect(exitCode).toBe(0);
});

test('Ctrl-C ends it and leaves nothing behind', async () => {
  const { exitCode, stdout } = await demo([], (printed, interrupt) => {
    if (printed.includes('agent, process')) interrupt();
  });
  expect(stdout).toContain('\nInterrupted before anything could be concluded.\n');
  expect(exitCode).toBe(1);
  const pid = Number(/agent, process (?<pid>\d+)/.exec(stdout)?.groups?.['pid']);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(readdirSync(temp)).toStrictEqual([]);
});

test('an agent that dies by itself is reported with where its log is', async () => {
  let killed = false;
  const { exitCode, stderr } = await demo([], (printed) => {
    const pid = /agent, process (?<pid>\d+)/.exec(printed)?.groups?.['pid'];
    if (pid === undefined || killed) return;
    killed = true;
    process.kill(Number(pid), 'SIGKILL');
  });
  expect(stderr).toContain('logferry demo: the agent ended by itself, by SIGKILL\n');
  expect(stderr).toMatch(/The agent's log, configuration and state are in .*logferry-demo-\w+\n$/);
  expect(exitCode).toBe(1);
});

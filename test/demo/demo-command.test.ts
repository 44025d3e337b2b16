import { describe, expect, test } from 'vitest';
import { demoCommand } from '../../agent/commands/demo.ts';
import { runCommand } from '../support/command-host.ts';

async function run(...args: string[]) {
  const { code: exitCode, stdout: out, stderr: err } = await runCommand(demoCommand, args);
  return { exitCode, out, err };
}

describe('logferry demo', () => {
  test.each([
    [['--tenant', 'a'], '--tenant goes with --loki URL'],
    [['--seconds', '4'], '--seconds 4 is no length for a demo, write a whole number from 5 on'],
    [['--seconds', '1e3'], '--seconds 1e3 is no length for a demo, write a whole number from 5 on'],
    [['--loki', 'localhost'], '--loki localhost is no address, write something like http://localhost:3100'],
    [['--loki', 'ftp://localhost'], '--loki ftp://localhost is no address, write something like http://localhost:3100'],
    [['--loki', 'http://me:pw@localhost'], '--loki http://me:pw@localhost is no address, write something like http://localhost:3100'],
    [['--second=9'], 'unknown option --second, did you mean --seconds?'],
  ])('%j is misuse: %s', async (args, message) => {
    expect(await run(...args)).toStrictEqual({ exitCode: 2, out: '', err: `logferry demo: ${message}\nSee logferry demo --help.\n` });
  });

  test('a Loki that does not answer is found out at once', async () => {
    const { exitCode, out, err } = await run('--loki', 'http://127.0.0.1:1/loki/api/v1/push');
    expect({ exitCode, out }).toStrictEqual({ exitCode: 1, out: '' });
    expect(err).toContain('logferry demo: query at http://127.0.0.1:1 failed: ');
  });

  test('help names every option', () => {
    for (const option of ['--seconds N', '--keep', '--loki URL', '--tenant T', '--help'])
      expect(demoCommand.help).toContain(`  ${option} `);
  });
});

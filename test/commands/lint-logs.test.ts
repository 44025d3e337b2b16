import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintLogsCommand } from '../../agent/commands/lint-logs.ts';
import { runCommand } from '../support/command-host.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const GOOD = '2024-05-01T12:00:00Z stdout F {"level":"info","time":"2024-05-01T12:00:00Z"}\n';
const BAD = '2024-05-01T12:00:00Z stdout P no level \n2024-05-01T12:00:00Z stdout F at al@example.com\n';

function containerLog(dir: TempDir, pod: string, container: string): string {
  const directory = join(dir.path, 'pods', pod, container);
  mkdirSync(directory, { recursive: true });
  return join(directory, '0.log');
}

async function linted(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runCommand(lintLogsCommand, args, {});
}

describe('logferry lint-logs', () => {
  test('says of the containers of a node which of them log badly, with parts joined', async () => {
    await using dir = await tempDir();
    writeFileSync(containerLog(dir, 'shop_cart_u-1', 'app'), BAD);
    writeFileSync(containerLog(dir, 'shop_web_u-2', 'app'), GOOD);
    const { code, stdout, stderr } = await linted(dir.path);
    expect([code, stderr]).toStrictEqual([0, '']);
    expect(stdout.split('\n').filter((line) => !line.startsWith('  '))).toStrictEqual([
      'shop/cart/app: 1 lines, 26 bytes: plain 100 %',
      '',
      '1 of 2 containers have nothing to mend',
      '',
    ]);
    expect(stdout).toContain('    no level at [redacted:email]\n');
    expect(stdout).not.toContain('al@example.com');
  });

  test('--json says the same, and plain files are looked at too, at their end', async () => {
    await using dir = await tempDir();
    const path = join(dir.path, 'sample.log');
    writeFileSync(path, `${'x'.repeat(1000)}\n12:00:00 ERROR a\n`);
    const { stdout } = await linted('--json', '--bytes', '40', path);
    expect(JSON.parse(stdout)).toStrictEqual({
      containers: [{ name: path, lines: 1, bytes: 16, forms: { plain: 1 }, findings: [] }],
    });
  });

  test('I5 a pod cannot make it show what is not its log', async () => {
    await using dir = await tempDir();
    writeFileSync(join(dir.path, 'secret'), 'password hunter2\n');
    symlinkSync(join(dir.path, 'secret'), containerLog(dir, 'evil_p_u-1', 'app'));
    const { code, stdout, stderr } = await linted(dir.path);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain('hunter2');
    expect(stderr).toContain('is not opened: outside_roots');
  });

  test.each([
    [['--bytes', '0'], 2, '--bytes 0 is no number of bytes'],
    [['/no/such'], 1, '/no/such is no file and no directory'],
  ])('complains about %j', async (args, code, message) => {
    expect(await linted(...args)).toMatchObject({ code, stderr: expect.stringContaining(message) as string });
  });
});

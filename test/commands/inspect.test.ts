import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCommand } from '../../agent/commands/inspect.ts';
import { runCommand } from '../support/command-host.ts';
import { tempDir } from '../support/temp-dir.ts';

const CONFIG = `
node_name: node-1
outputs: [{ name: loki, type: loki, url: "http://loki/push", tenant: shop }]
containers: { exclude: [{ namespace: kube-* }] }
stages: [{ redact: { shapes: [email] } }, { level: {} }]
`;

async function inspected(
  log: string | Buffer,
  name: string,
  ...options: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using dir = await tempDir();
  const [config, path] = [join(dir.path, 'logferry.yaml'), join(dir.path, name)];
  writeFileSync(config, CONFIG);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, log);
  return runCommand(inspectCommand, ['--config', config, ...options, path], {});
}

describe('logferry inspect', () => {
  test('shows what each stage does to plain lines, and what is sent', async () => {
    const log = Buffer.concat([Buffer.from('hi bob@example.com\nlevel=warn \x1b[31m'), Buffer.from([0xff]), Buffer.from('\n')]);
    const { code, stdout } = await inspected(log, 'sample.txt', '--pod', 'shop/cart', '--labels', 'app=basket,x=y');
    const labels = `{app="basket", container="app", job="shop/basket", namespace="shop", node_name="node-1", service_name="app", stream="stdout"}`;
    expect(code).toBe(0);
    expect(stdout).toBe(`hi bob@example.com
  redact              line="hi [redacted:email]"
  level               -
  => 2024-05-01T12:00:00Z ${labels} pod="cart" as shop
     hi [redacted:email]

level=warn \\x1b[31m\\xff
  redact              -
  level               metadata detected_level="warn"
  => 2024-05-01T12:00:00.001Z ${labels} pod="cart", detected_level="warn" as shop
     level=warn \\x1b[31m\\xff

`);
  });

  test('takes the records of a runtime as they are, joins their parts, and knows from the path whose they are', async () => {
    const log = '2024-05-02T01:02:03.5Z stderr P one \n2024-05-02T01:02:03.6Z stderr F line\n';
    const { stdout } = await inspected(log, 'pods/shop_cart-7d4_u-1/web/0.log', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      line: 'one line',
      sent: {
        time: '2024-05-02T01:02:03.5Z',
        labels: { namespace: 'shop', container: 'web', stream: 'stderr' },
        metadata: { pod: 'cart-7d4' },
      },
    });
  });

  test('looks at the last lines only', async () => {
    const log = Array.from({ length: 50 }, (_, n) => `line ${n}\n`).join('');
    const { stdout } = await inspected(log, 'sample.txt', '--lines', '2', '--json');
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: string }).line)).toStrictEqual(['line 48', 'line 49']);
  });

  test('says why a log is not read at all', async () => {
    expect(await inspected('a\n', 'sample.txt', '--pod', 'kube-system/dns')).toMatchObject({
      code: 0,
      stdout: 'no line is read of this log: excluded\n',
    });
  });

  test.each([
    [['--pod', 'shop'], '--pod shop is not NAMESPACE/POD'],
    [['--labels', 'app'], 'labels and annotations are written as NAME=VALUE'],
    [['--lines', '0'], '--lines 0 is no number of lines'],
    [['--output', 'nope'], 'no output nope is configured: loki'],
  ])('is misused with %j', async (options, message) => {
    const { code, stderr } = await inspected('a\n', 'sample.txt', ...options);
    expect([code, stderr]).toStrictEqual([2, expect.stringContaining(message)]);
  });

  test('fails over a log that cannot be read', async () => {
    await using dir = await tempDir();
    writeFileSync(join(dir.path, 'logferry.yaml'), CONFIG);
    const { code, stderr } = await runCommand(inspectCommand, ['--config', join(dir.path, 'logferry.yaml'), '/no/such.log'], {});
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('/no/such.log')]);
  });
});

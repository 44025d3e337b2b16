import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { receiverPage } from '../../agent/demo/receiver-page.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { LettersBench } from '../support/letters-bench.ts';
import { sampleLetter } from '../support/sample-letter.ts';

/** What moves the cursor, colours, hides or reorders text, or makes a line of its own. */
const HOSTILE = 'a\u001b[2J\u001b]0;title\u0007\r\nOUTPUT\tb\u007f\u009b31m\u202egnp.exe\u2028{\u200b}\u{e0041}\u0000';
/** Line feeds apart. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('the agent’s own log', () => {
  test('is a line of JSON a message, of the same meaning, that no terminal obeys', () => {
    const logger = join(import.meta.dirname, '../../agent/runtime/logger.ts');
    const program = `
      import { createLogger } from ${JSON.stringify(logger)};
      createLogger('info').warn({ path: ${JSON.stringify(HOSTILE)}, [${JSON.stringify(HOSTILE)}]: 1, nested: { detail: [${JSON.stringify(HOSTILE)}] } }, 'said');
    `;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    expect(stdout).not.toMatch(UNSAFE);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({ path: HOSTILE, [HOSTILE]: 1, nested: { detail: [HOSTILE] }, msg: 'said' });
  });
});

describe('dead letters on a terminal', () => {
  test.each([['list'], ['show']])('%s writes controls out', async (command) => {
    const bench = await LettersBench.open();
    onTestFinished(() => bench[Symbol.asyncDispose]());
    await bench.addLetters([
      sampleLetter({
        line: HOSTILE,
        detail: HOSTILE,
        source: HOSTILE,
        file: HOSTILE,
        labels: `{a="${HOSTILE}"}`,
        metadata: [[HOSTILE, HOSTILE]],
      }),
    ]);
    const { code, stdout } = await bench.run([command]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(UNSAFE);
    expect(stdout).toContain(String.raw`a\x1b[2J\x1b]0;title\x07\r\nOUTPUT\tb\x7f\x9b31m\u{202e}gnp.exe\u{2028}`);
    if (command === 'list') expect(stdout.split('\n')).toHaveLength(3);
  });
});

describe('the pages that the agent serves', () => {
  test('show neither a line nor a name of a pod', async () => {
    const bench = await AgentBench.create();
    onTestFinished(() => bench[Symbol.asyncDispose]());
    const container = bench.logs.start({ namespace: 'nosy-namespace', pod: 'nosy-pod', uid: 'u-1', container: 'nosy-container' });
    bench.print(container, 'nosy-line');
    await bench.start();
    await bench.allStored();
    for (const path of ['/metrics', '/readyz', '/healthz']) {
      const { status, body } = await bench.page(path);
      expect([path, status, body.includes('nosy')]).toStrictEqual([path, 200, false]);
    }
  });

  test('the demo’s page has a line as text, whatever markup it holds', () => {
    const markup = '<script>alert(1)</script><img src=x onerror="x">&';
    const labels = { namespace: markup, container: markup, stream: `stdout" onload="x` };
    const page = receiverPage(
      [{ stream: { tenant: '', name: '', labels }, seconds: 0, nanos: 0, line: Buffer.from(markup), metadata: [] }],
      1,
    );
    expect(page).not.toMatch(/<script|<img|class="[^"]*" onload/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});

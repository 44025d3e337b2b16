import { appendFileSync, linkSync, renameSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { letterFile, takenFile } from '../../agent/deliver/letter-files.ts';
import { LABEL_NAME } from '../../agent/model/labels.ts';
import { LokiOutput } from '../../agent/outputs/loki/loki-output.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LettersBench } from '../support/letters-bench.ts';
import { lineView } from '../support/memory-output.ts';
import { PushServer } from '../support/push-server.ts';
import { sampleLetter } from '../support/sample-letter.ts';
import { plainLoki } from '../support/plain-loki.ts';

let bench: LettersBench;

beforeEach(async () => {
  bench = await LettersBench.open();
  onTestFinished(() => bench[Symbol.asyncDispose]());
});

/** Refused by the store, and told apart by its end. */
function tooLong(mark: string): string {
  return 'x'.repeat(30) + mark;
}

describe('what is stored', () => {
  test('I5 arrives as it was, in order, and is in no file any more', async () => {
    await bench.addLetters([
      sampleLetter({ line: Buffer.from([0xff, 0x00]), timestampNs: '1714564800123456789' }),
      sampleLetter({
        line: '',
        timestampNs: '1714564801000000000',
        metadata: [
          ['pod', 'web-0'],
          ['partial', 'true'],
        ],
      }),
    ]);
    expect(await bench.run(['replay'])).toMatchObject({ code: 0, stdout: 'loki: 2 stored\n', stderr: '' });
    expect(bench.loki.entries({ namespace: 'shop' })).toMatchObject([
      { seconds: 1_714_564_800, nanos: 123_456_789, line: Buffer.from([0xff, 0x00]), metadata: [['pod', 'web-0']] },
      {
        seconds: 1_714_564_801,
        nanos: 0,
        line: Buffer.alloc(0),
        metadata: [
          ['pod', 'web-0'],
          ['partial', 'true'],
        ],
      },
    ]);
    expect(bench.names).toStrictEqual([]);
  });

  test('is sent in batches of the configured size', async () => {
    bench.configure(`{name: loki, type: loki, url: "${bench.loki.pushUrl}", batch_bytes: 1024}`);
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    await bench.add(...lines);
    expect((await bench.run(['replay'])).stdout).toBe('loki: 100 stored\n');
    expect(bench.loki.lines()).toStrictEqual(lines);
    expect(bench.loki.requests.length).toBeGreaterThan(3);
    for (const { decodedBytes } of bench.loki.requests) expect(decodedBytes).toBeLessThanOrEqual(1024);
  });

  test('I9 is the same request byte for byte as the one that was refused', async () => {
    const server = await PushServer.start();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const url = `${server.url}/push`;
    bench.configure(`{name: loki, type: loki, url: "${url}"}`);
    const output = new LokiOutput(plainLoki(url), new FakeClock());
    const text = fc.string({ unit: 'binary' });
    const anyEntry = fc.record({
      labels: fc.dictionary(fc.stringMatching(LABEL_NAME), text, { minKeys: 1, maxKeys: 4 }),
      metadata: fc.array(fc.tuple(text, text), { maxLength: 3 }),
      line: fc.uint8Array({ maxLength: 100 }),
      seconds: fc.nat(9_000_000_000),
      nanos: fc.nat(999_999_999),
    });
    const property = fc.asyncProperty(anyEntry, async ({ labels, metadata, line, seconds, nanos }) => {
      const encoder = output.encoder();
      const route = output.route({ labels, metadata: metadata.slice(0, 1) });
      encoder.append(
        route,
        Object.assign(lineView(''), { buffer: Buffer.from(line), end: line.length, seconds, nanos, metadata: metadata.slice(1) }),
      );
      const body = encoder.seal([route.stream]);
      await bench.addLetters(output.open(body).map((entry) => ({ ...sampleLetter(), ...entry })));
      expect((await bench.run(['replay'])).code).toBe(0);
      expect(server.received.at(-1)?.body).toStrictEqual(Buffer.from(body));
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('what stays', () => {
  test('I6 are the guilty, with their new reason, in the file of the agent, and nobody else', async () => {
    await bench.add('1', tooLong('a'), '2', '3', tooLong('b'), '4');
    bench.loki.fault({ kind: 'answer', status: 413, body: 'no' }, { when: ({ entries }) => entries > 2, times: 100 });
    expect(await bench.run(['replay'])).toMatchObject({ code: 1, stdout: 'loki: 4 stored, 2 refused again\n', stderr: '' });
    expect(bench.loki.lines()).toStrictEqual(['1', '2', '3', '4']);
    expect(bench.names).toStrictEqual(['dead-letters.loki.jsonl']);
    const { stdout } = await bench.run(['show', '--json']);
    const detail = (mark: string): string =>
      `max entry size '20' bytes exceeded for stream '{namespace="shop", service_name="unknown_service"}' while adding an entry with length '${tooLong(mark).length}' bytes`;
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((text) => JSON.parse(text) as object),
    ).toMatchObject(
      ['a', 'b'].map((mark) => ({
        reason: 'line_too_long',
        detail: detail(mark),
        line: tooLong(mark),
        offset: 512,
        source: 'shop_web-0_1/web/0',
      })),
    );
  });

  test('are letters that were not meant, and lines that are no letters', async () => {
    await bench.addLetters([sampleLetter({ line: '1' }), sampleLetter({ line: '2', source: 'bank_api-0_2/api/0' })]);
    appendFileSync(bench.path, 'oops\n');
    await bench.addLetters([sampleLetter({ line: '3', labels: 'oops' }), sampleLetter({ line: '4', reason: 'too_large' })]);
    const { code, stdout, stderr } = await bench.run(['replay', '--source', 'shop_', '--reason', 'invalid']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'loki: 1 stored, 2 lines that are no letters\n' });
    expect(stderr).toMatch(/:3: no dead letter: not a JSON object\n.*:4: no dead letter: couldn't parse labels: oops at 0: expected \{\n$/);
    expect(bench.remaining).toStrictEqual(['invalid 2', 'oops', 'invalid 3', 'too_large 4']);
    expect(bench.loki.lines()).toStrictEqual(['1']);
  });

  test('is not half a letter that a crash left', async () => {
    await bench.add('1');
    appendFileSync(bench.path, '{"written');
    expect(await bench.run(['replay'])).toMatchObject({ code: 0, stdout: 'loki: 1 stored\n' });
    expect(bench.names).toStrictEqual([]);
  });

  test('is everything of an output that is configured no more', async () => {
    await bench.add('1');
    renameSync(bench.path, letterFile(bench.stateDir, 'old'));
    await bench.add('2');
    const stderr = 'logferry dead-letters: old is no output of the configuration any more, its letters stay\n';
    expect(await bench.run(['replay'])).toMatchObject({ code: 1, stdout: 'loki: 1 stored\n', stderr });
    expect(bench.remaining).toStrictEqual(['invalid 1']);
  });

  test('is everything in a dry run, which says what would be sent', async () => {
    await bench.add('1', '2');
    const { code, stdout } = await bench.run(['replay', '--dry-run']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await bench.run(['list'])).stdout });
    expect(bench.remaining).toHaveLength(2);
    expect(bench.loki.requests).toHaveLength(0);
  });

  test('is counted as JSON on demand', async () => {
    await bench.add('1', tooLong('a'));
    const { code, stdout } = await bench.run(['replay', '--json']);
    expect({ code, document: JSON.parse(stdout) as object }).toStrictEqual({
      code: 1,
      document: { outputs: [{ output: 'loki', stored: 1, refused: 1, unsent: 0, bad: 0 }] },
    });
  });

  test('is nothing where there was nothing', async () => {
    expect(await bench.run(['replay'])).toMatchObject({ code: 0, stdout: 'no dead letters\n', stderr: '' });
  });
});

describe('a store in trouble', () => {
  test('is asked again', async () => {
    await bench.add('1');
    bench.loki.fault({ kind: 'answer', status: 503, body: 'sorry' }, { times: 2 });
    const { code, stderr } = await bench.run(['replay']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^(loki: HTTP 503: sorry; trying again in 0\.0 s\n){2}$/);
  });

  test('that refuses the agent gets nothing more, and what was not sent stays', async () => {
    bench.configure(`{name: loki, type: loki, url: "${bench.loki.pushUrl}", batch_bytes: 1024}`);
    await bench.add(...Array.from({ length: 99 }, (_, index) => `line ${index}`));
    bench.loki.fault({ kind: 'slow', delay: 0 });
    bench.loki.fault({ kind: 'answer', status: 401, body: 'who are you?' });
    const { code, stdout, stderr } = await bench.run(['replay']);
    const stored = bench.loki.lines().length;
    expect(stored).toBeGreaterThan(0);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: `loki: ${stored} stored, ${99 - stored} not sent\n`,
      stderr: 'logferry dead-letters: loki: HTTP 401: who are you?; what was not sent stays\n',
    });
    expect(bench.loki.requests).toHaveLength(2);
    expect(bench.remaining).toStrictEqual(Array.from({ length: 99 - stored }, (_, index) => `invalid line ${stored + index}`));
  });

  test('I7 is not waited for after SIGTERM', async () => {
    await bench.add('1', '2');
    bench.loki.fault({ kind: 'hang', stored: false });
    const stop = new AbortController();
    const replay = bench.run(['replay'], { stop: stop.signal });
    await bench.loki.waitFor(() => bench.loki.requests.length === 1);
    stop.abort();
    const stderr = 'logferry dead-letters: loki: interrupted; what was not sent stays\n';
    expect(await replay).toMatchObject({ code: 1, stdout: 'loki: 0 stored, 2 not sent\n', stderr });
    expect(bench.names).toStrictEqual(['dead-letters.loki.jsonl']);
    expect((await bench.run(['replay'])).stdout).toBe('loki: 2 stored\n');
  });
});

describe('the agent goes on', () => {
  test('I5 what it adds meanwhile is in its new file, and what stays is beside it for the next replay', async () => {
    await bench.add('1', tooLong('a'));
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.loki.fault({ kind: 'slow', delay: promise });
    const replay = bench.run(['replay']);
    await bench.loki.waitFor(() => bench.loki.requests.length === 1);
    await bench.add('2');
    resolve();
    expect((await replay).stdout).toBe('loki: 1 stored, 1 refused again\n');
    expect(bench.names).toStrictEqual(['dead-letters.loki.jsonl', expect.stringMatching(/^dead-letters\.loki\.replay-[a-z0-9-]+\.jsonl$/)]);
    expect((await bench.run(['list'])).stdout).toMatch(/^loki +invalid +1 .*\nloki +line_too_long +1 /m);
    expect((await bench.run(['replay'])).stdout).toBe('loki: 1 stored, 1 refused again\n');
    expect(bench.names).toStrictEqual(['dead-letters.loki.jsonl']);
    expect(bench.loki.lines()).toStrictEqual(['1', '2']);
  });

  test('I8 letters that it adds at any time are stored in the end, and none is left over', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`);
    const over = new AbortController();
    const replaying = (async () => {
      while (!over.signal.aborted) await bench.run(['replay']);
    })();
    for (const line of lines) await bench.add(line);
    over.abort();
    await replaying;
    expect((await bench.run(['replay'])).code).toBe(0);
    expect(lines.filter((line) => !bench.loki.lines().includes(line))).toStrictEqual([]);
    expect(bench.names).toStrictEqual([]);
  });
});

describe('more than one replay', () => {
  test('I8 side by side lose nothing', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    for (let round = 0; round < 10; round += 1) {
      await bench.add(...lines.slice(round * 10, round * 10 + 10), tooLong(String(round)));
      await Promise.all([bench.run(['replay']), bench.run(['replay']), bench.run(['replay'])]);
    }
    await bench.run(['replay']);
    expect(lines.filter((line) => !bench.loki.lines().includes(line))).toStrictEqual([]);
    const staying = new Set(bench.remaining.map((text) => text.slice(-1)));
    expect([...staying].sort()).toStrictEqual('0123456789'.split(''));
    expect(bench.names).toStrictEqual(['dead-letters.loki.jsonl']);
  });

  test('a file that died with two names is replayed once', async () => {
    await bench.add('1', tooLong('a'));
    linkSync(bench.path, takenFile(bench.stateDir, 'loki', 'died-0'));
    expect((await bench.run(['replay'])).stdout).toBe('loki: 1 stored, 1 refused again\n');
    expect(bench.remaining).toStrictEqual([`line_too_long ${tooLong('a')}`]);
  });
});

describe('letters of several tenants', () => {
  test('arrive as the tenant that they were pushed as, those without one as that of the output', async () => {
    await using bench = await LettersBench.open({ auth: true });
    bench.configure(`{name: loki, type: loki, url: "${bench.loki.pushUrl}", tenant: shared}`);
    const tenants = [undefined, 'team-a', 'team-a', 'team-b', undefined, 'team-a'];
    await bench.addLetters(
      tenants.map((tenant, index) => {
        const letter = sampleLetter({ line: `line ${index}`, timestampNs: String(1_714_564_800_000_000_001n + BigInt(index)) });
        return tenant === undefined ? letter : { ...letter, tenant };
      }),
    );
    expect((await bench.run(['list'])).stdout).toContain('{namespace="shop"} of team-a\n');
    expect(await bench.run(['replay'])).toMatchObject({ code: 0, stdout: 'loki: 6 stored\n', stderr: '' });
    expect(bench.loki.entries().map(({ stream, line }) => `${stream.tenant} ${line.toString()}`)).toStrictEqual(
      tenants.map((tenant, index) => `${tenant ?? 'shared'} line ${index}`),
    );
    expect(bench.names).toStrictEqual([]);
  });

  test('what is refused again keeps its tenant', async () => {
    await using bench = await LettersBench.open({ auth: true });
    bench.configure(`{name: loki, type: loki, url: "${bench.loki.pushUrl}", tenant: shared}`);
    await bench.addLetters([{ ...sampleLetter({ line: tooLong('!') }), tenant: 'team-a' }]);
    expect((await bench.run(['replay'])).stdout).toBe('loki: 0 stored, 1 refused again\n');
    expect((await bench.run(['show', '--json'])).stdout).toContain('"tenant":"team-a"');
  });
});

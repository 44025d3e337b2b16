import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { Account } from '../../agent/demo/account.ts';
import { Chatter } from '../../agent/demo/chatter.ts';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { VOICES } from '../../agent/demo/voices.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Complete lines of a container in the files that are left, oldest first, parts joined per channel. */
function linesOnDisk(folder: string): { channel: string; line: string }[] {
  const names = readdirSync(folder).sort((a, b) => (a === '0.log' ? 1 : b === '0.log' ? -1 : a.localeCompare(b)));
  const open = new Map<string, string>();
  const lines: { channel: string; line: string }[] = [];
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    for (const record of text.split('\n').slice(0, -1)) {
      const [, channel = '', tag] = record.split(' ', 3);
      const body = (open.get(channel) ?? '') + record.split(' ').slice(3).join(' ');
      open.set(channel, tag === 'P' ? body : '');
      if (tag === 'F') lines.push({ channel, line: Buffer.from(body, 'latin1').toString() });
    }
  }
  return lines;
}

test('all that the containers print is booked, numbered and on disk, over rotations', async () => {
  await using dir = await tempDir();
  const clock = new FakeClock({ seed: 7 });
  using logs = new KubeletLogDir(dir.path, { clock });
  const account = new Account();
  const chatter = new Chatter(logs, VOICES, account, clock);
  const silence = new AbortController();
  const talk = chatter.run(silence.signal);
  await clock.advance(4_500);
  silence.abort();
  await talk;

  expect(chatter.rotations).toBe(4);
  let files = 0;
  for (const { namespace, pod, container } of VOICES.map(({ names }) => names)) {
    const podFolder = readdirSync(join(dir.path, 'pods')).find((name) => name.startsWith(`${namespace}_${pod}_`));
    const folder = join(dir.path, 'pods', podFolder ?? '', container);
    files += readdirSync(folder).length;
    for (const { channel, line } of linesOnDisk(folder)) {
      account.stored({
        labels: { container, stream: channel },
        stream: channel,
        entry: { seconds: 0, nanos: 0, line: Buffer.from(line), metadata: [] },
      });
    }
  }
  const { written, ...rest } = account.tally();
  expect(files).toBe(4 + 4);
  expect(written).toBeGreaterThan(1500);
  expect(rest).toStrictEqual({ stored: written, lost: 0, doubled: 0, altered: 0, disordered: 0, sentAgain: 0 });
});

test('the containers print JSON, plain text, stack traces on stderr, and lines that need parts', async () => {
  await using dir = await tempDir();
  const clock = new FakeClock({ seed: 3 });
  using logs = new KubeletLogDir(dir.path, { clock, maxFiles: 50 });
  const silence = new AbortController();
  const talk = new Chatter(logs, VOICES, new Account(), clock).run(silence.signal);
  await clock.advance(5_000);
  silence.abort();
  await talk;
  const print = (container: string) => {
    const link = readdirSync(join(dir.path, 'containers')).find((name) => name.includes(`_${container}-`));
    return linesOnDisk(dirname(readlinkSync(join(dir.path, 'containers', link ?? ''))));
  };
  expect(JSON.parse(print('checkout')[0]?.line ?? '')).toMatchObject({ seq: 1, msg: 'order placed' });
  expect(print('frontend')[0]).toMatchObject({ channel: 'stdout', line: expect.stringMatching(/^10\.1\.1\.1 "GET .* seq=1$/) as string });
  expect(print('ledger-sync').filter(({ channel }) => channel === 'stderr')[1]?.line).toMatch(/^\tat com\.acme\.billing\.Ledger\.post/);
  expect(Math.max(...print('thumbnailer').map(({ line }) => Buffer.byteLength(line)))).toBeGreaterThan(40_000);
});

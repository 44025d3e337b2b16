import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { CONFIGURED_PEERS } from './configured-peer.ts';
import { findPeers } from './find-peers.ts';
import { bestOutput } from './rsyslog.ts';
import { filledIn } from './template.ts';

const RECEIVER = { http: 41_000, tcp: 42_000 };

test('peers by name, and rsyslogd wherever PATH has it', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'rsyslogd'), '', { mode: 0o755 });
  const { found, missing } = findPeers(`promtail=${process.execPath}`, `/nowhere:${dir.path}`);
  expect(found.map(({ name }) => name)).toStrictEqual(['promtail', 'rsyslogd']);
  expect(missing).toStrictEqual(['fluent-bit', 'alloy', 'otelcol']);
});

test('a name or a program that is none is an error, and not a peer that was not found', () => {
  expect(() => findPeers('fluentbit=/bin/true', '')).toThrow('fluentbit should be one of rsyslogd, fluent-bit');
  expect(() => findPeers('promtail=/nowhere/promtail', '')).toThrow('promtail=/nowhere/promtail should name a program');
});

test.each(['rsyslogd', ...CONFIGURED_PEERS])('the configuration of %s says where and is whole', async (name) => {
  await using dir = await tempDir();
  await mkdir(join(dir.path, 'state'));
  const [peer] = findPeers(`${name}=${process.execPath}`, '').found;
  const { command } = peer!.prepare({ logDir: '/var/bench/logs', directory: dir.path, receiver: RECEIVER });
  const config = command
    .map((argument) => argument.replace(/^-+[\w-]+.?file=|^--config=/, ''))
    .find((path) => path.startsWith(dir.path) && !path.endsWith('.pid'))!;
  const text = await readFile(config, 'utf8');
  expect(text).toContain('/var/bench/logs/pods/*/*/*.log');
  expect(text).toContain(String(RECEIVER.http));
  expect(text).not.toMatch(/<\w+>/);
});

test('a placeholder without a value is an error', () => {
  expect(filledIn('a <one> b <two>', { one: '1', two: '$&' })).toBe('a 1 b $&');
  expect(() => filledIn('a <three>', {})).toThrow('<three>');
});

test('rsyslog sends by the best module that it has', () => {
  const directory = '/usr/lib/x86_64-linux-gnu/rsyslog';
  expect(bestOutput([`${directory}/omelasticsearch.so`, `${directory}/omhttp.so`]).module).toBe('omhttp');
  expect(bestOutput([`${directory}/omelasticsearch.so`, `${directory}/imfile.so`]).module).toBe('omelasticsearch');
  expect(bestOutput([`${directory}/imfile.so`]).module).toBe('omfwd');
});

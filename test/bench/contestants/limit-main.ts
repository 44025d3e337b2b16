import { closeSync, globSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HttpClient } from '../../../agent/runtime/http-client.ts';
import { SnappyEncoder } from '../../../agent/outputs/loki/snappy-encoder.ts';
import { NO_TLS } from '../../support/plain-loki.ts';

/**
 * The limit: limit-main.ts LOG_DIR [URL]. Reads all files, looks for LFs, compresses whole lines in blocks of 1 MiB with the agent's own encoder
 * and, with a URL, sends them, four at a time, with the agent's own client. Then it prints lines and CPU seconds as JSON, and with a URL
 * waits for a signal, as an agent would.
 */
const CHUNK = 516 * 1024;
const BLOCK = 1024 * 1024;
const IN_FLIGHT = 4;
const LF = 10;
const HEADERS = { 'content-type': 'text/plain', 'content-encoding': 'snappy' };

const [logDir = '', url] = process.argv.slice(2);
const client = url === undefined ? null : new HttpClient({ url, timeoutMs: 30_000, connections: IN_FLIGHT, tls: NO_TLS });
const encoder = new SnappyEncoder();
const forever = new AbortController().signal;
const inFlight = new Set<Promise<void>>();
const input = encoder.input(BLOCK + CHUNK);
const rest = Buffer.allocUnsafeSlow(CHUNK);
let filled = 0;
let lines = 0;
let compressed = 0;

async function send(body: Buffer): Promise<void> {
  const answer = await client!.post(HEADERS, body, forever);
  if (answer.kind !== 'answer' || answer.status !== 204) throw new Error(JSON.stringify(answer));
  encoder.release(body);
}

/** Sends the first `length` bytes of the input, and keeps the others: the encoder writes its block over them. */
async function flush(length: number): Promise<void> {
  const kept = input.copy(rest, 0, length, filled);
  const body = encoder.encode(length);
  filled = rest.copy(input, 0, 0, kept);
  compressed += body.length;
  if (client === null) return encoder.release(body);
  const sent = send(body).finally(() => inFlight.delete(sent));
  inFlight.add(sent);
  if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
}

/** So many bytes more are in the input. */
async function take(bytes: number): Promise<void> {
  const end = filled + bytes;
  let last = -1;
  for (let at = input.indexOf(LF, filled); at !== -1 && at < end; at = input.indexOf(LF, at + 1)) {
    lines += 1;
    last = at;
  }
  filled = end;
  if (last !== -1 && filled >= BLOCK) await flush(last + 1);
}

async function readWhole(path: string): Promise<void> {
  if (path.endsWith('.gz')) {
    const content = gunzipSync(readFileSync(path));
    for (let at = 0; at < content.length; at += CHUNK) await take(content.copy(input, filled, at, at + CHUNK));
    return;
  }
  const fd = openSync(path, 'r');
  for (let bytes = readSync(fd, input, filled, CHUNK, null); bytes > 0; bytes = readSync(fd, input, filled, CHUNK, null)) await take(bytes);
  closeSync(fd);
}

const before = process.cpuUsage();
for (const path of globSync(join(logDir, 'pods/*/*/*.log*'))) await readWhole(path);
if (filled > 0) await flush(filled);
await Promise.all(inFlight);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ lines, compressed, cpuSeconds: (user + system) / 1e6 }));
if (client !== null) setInterval(() => undefined, 60_000);

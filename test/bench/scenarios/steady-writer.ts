import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { podLog } from '../corpus/log-tree.ts';
import { timeMark } from '../receiver/latencies.ts';

/**
 * steady-writer.ts LOG_DIR LINES_PER_SECOND SECONDS [marked]: prints lines of 250 bytes in 20 containers; marked ones have the time of their
 * writing in them.
 */
const CONTAINERS = 20;
const TICK_MS = 10;
const TEXT_BYTES = 250;
const FILLER = 'request served from cache in time with status user session retry upstream timeout order basket payment '.repeat(3);

const [logDir = '', perSecond, seconds, marked] = process.argv.slice(2);
const perTick = (Number(perSecond) * TICK_MS) / 1000;
const ticks = (Number(seconds) * 1000) / TICK_MS;
const files = Array.from({ length: CONTAINERS }, (_, index) => {
  mkdirSync(dirname(podLog(logDir, index)), { recursive: true });
  return openSync(podLog(logDir, index), 'a');
});

function line(nowMs: number, index: number): string {
  const text = `${marked === 'marked' ? timeMark(nowMs) : ''} ${index} `;
  const nanos = String(index % 1_000_000).padStart(6, '0');
  return `${new Date(nowMs).toISOString().slice(0, -1)}${nanos}Z stdout F ${text}${FILLER.slice(0, TEXT_BYTES - text.length)}\n`;
}

const startMs = Date.now();
let written = 0;
for (let tick = 1; tick <= ticks; tick += 1) {
  await sleep(Math.max(0, startMs + tick * TICK_MS - Date.now()));
  const nowMs = Date.now();
  const texts = Array.from({ length: CONTAINERS }, () => '');
  for (const due = Math.round(tick * perTick); written < due; written += 1) texts[written % CONTAINERS] += line(nowMs, written);
  for (const [index, text] of texts.entries()) if (text !== '') writeSync(files[index]!, text);
}
for (const file of files) closeSync(file);

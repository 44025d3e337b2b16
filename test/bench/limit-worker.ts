import { openSync, readSync } from 'node:fs';
import { compressSync } from 'snappy';

/** The limit: the same bytes read, their LFs counted, compressed in blocks of 1 MiB. Prints lines and CPU seconds as JSON. */
const CHUNK = 516 * 1024;
const BLOCK = 1024 * 1024;

const fd = openSync(process.argv[2]!, 'r');
const chunk = Buffer.allocUnsafeSlow(CHUNK);
const block = Buffer.allocUnsafeSlow(BLOCK + CHUNK);
let filled = 0;
let lines = 0;
let compressed = 0;
const before = process.cpuUsage();
for (let bytes = readSync(fd, chunk); bytes > 0; bytes = readSync(fd, chunk)) {
  for (let at = chunk.indexOf(10); at !== -1 && at < bytes; at = chunk.indexOf(10, at + 1)) lines += 1;
  filled += chunk.copy(block, filled, 0, bytes);
  if (filled >= BLOCK) {
    compressed += compressSync(block.subarray(0, filled), { copyOutputData: true }).length;
    filled = 0;
  }
}
if (filled > 0) compressed += compressSync(block.subarray(0, filled), { copyOutputData: true }).length;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ lines, compressed, cpuSeconds: (user + system) / 1e6, rssMiB: process.memoryUsage.rss() / 1048576 }));

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchDrain, benchIdle } from './drain-bench.ts';
import { benchPath } from './path-bench.ts';

/** `npm run bench [path|drain|idle]...`: all of them without a name. Corpora stay in the temporary directory for the next run. */
const directory = join(tmpdir(), 'logferry-bench');
mkdirSync(directory, { recursive: true });
const wanted = new Set(process.argv.slice(2));
const runs = (name: string): boolean => wanted.size === 0 || wanted.has(name);

console.log(`Node ${process.version} on ${process.arch}\n`);
if (runs('path')) benchPath(directory, 5);
if (runs('drain')) await benchDrain(directory);
if (runs('idle')) for (const containers of [20, 500]) await benchIdle(directory, containers);

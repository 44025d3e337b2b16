import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { LokiStreams, PushEncoder } from '../../agent/outputs/loki/encode-push.ts';
import { SnappyEncoder } from '../../agent/outputs/loki/snappy-encoder.ts';
import { RecordView } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';

/** The path of a line through the agent's own code: read, decode, encode, compress. Prints lines and CPU seconds as JSON. */
const CHUNK = 516 * 1024;
const BATCH = 1024 * 1024;

const path = process.argv[2]!;
const log = new SourceLog(path, { allowedRoots: ['/'], rotateGraceMs: 0 });
const resume = log.open(null, 0);
if (typeof resume === 'string') throw new Error(resume);
const partBudget = new ByteBudget(8 * 1024 * 1024, new Wakeup());
const decoder = new SourceDecoder({ maxLineBytes: 256 * 1024, partWaitSeconds: 10, partBudget }, resume);
const streams = new LokiStreams();
const labels = { namespace: 'shop', app: 'web', container: 'web', service_name: 'web', job: 'shop/web', node_name: 'node-1' };
const metadata = [['pod', 'web-7d9c5b8f6d-x2x7q']] as const;
const routes = ['stdout', 'stderr'].map((stream) => streams.route({ labels: { ...labels, stream }, metadata }));
const encoder = new PushEncoder(new SnappyEncoder());
const view = new RecordView();
const buffer = Buffer.allocUnsafeSlow(CHUNK);
let lines = 0;
let compressed = 0;

function count(body: Buffer): void {
  compressed += body.length;
  encoder.release(body);
}

const before = process.cpuUsage();
for (;;) {
  const chunk = await log.read(buffer, 0);
  if (chunk.length === 0) break;
  decoder.feed({ ...chunk, bytes: buffer.subarray(0, chunk.length), full: chunk.length === CHUNK }, chunk.birth);
  while (decoder.next(view)) {
    const route = routes[view.channel]!;
    if (encoder.bytes + encoder.sizeBound(route, view) > BATCH) count(encoder.seal().body);
    encoder.append(route, view);
    lines += 1;
  }
  log.advance(chunk, decoder.consumed);
}
if (encoder.entries > 0) count(encoder.seal().body);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ lines, compressed, cpuSeconds: (user + system) / 1e6, rssMiB: process.memoryUsage.rss() / 1048576 }));

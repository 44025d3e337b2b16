import { join } from 'node:path';
import { type AssembledOutput, assembleOutput } from '../../agent/assembly/assemble-output.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import type { LokiClient } from '../../agent/outputs/loki/loki-output.ts';
import type { Position } from '../../agent/model/position.ts';
import type { Clock } from '../../agent/runtime/clock.ts';
import { containerParts } from '../../agent/assembly/output-parts.ts';
import { type FileSystem, systemFiles } from '../../agent/runtime/file-system.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { Takeover } from '../../agent/assembly/takeover.ts';
import { LogRecorder } from './log-recorder.ts';

interface AssembleOptions {
  readonly store: LokiClient;
  readonly positions?: Readonly<Record<string, Position>>;
  readonly fs?: FileSystem;
  /** Keys of the configuration beside the necessary ones, and of the output. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
}

/** One output of an agent on a scripted store, with little memory, without the rest of the agent. */
export async function assembleBench(
  dir: string,
  clock: Clock,
  { store, positions = {}, fs = systemFiles, config: others = {}, output = {} }: AssembleOptions,
): Promise<AssembledOutput> {
  const document = {
    state_dir: dir,
    limits: { memory_bytes: 4_194_304 },
    outputs: [{ name: 'loki', type: 'loki', url: 'http://127.0.0.1/loki/api/v1/push', batch_bytes: 65_536, ...output }],
    ...others,
  };
  const parsed = parseConfig('test', JSON.stringify(document), { env: {}, hostname: 'node-1' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { config } = parsed;
  return assembleOutput(containerParts(config)[0]!, positions, {
    config,
    allowedRoots: [dir],
    podsDir: join(dir, 'pods'),
    version: '0.0.0',
    clock,
    log: new LogRecorder().throttled(clock),
    progress: new Wakeup(),
    descriptors: new Descriptors(100, clock),
    retention: new Retention({ maxBytes: null, maxFiles: null }),
    takeover: await Takeover.read(config, [], new LogRecorder()),
    fs,
    realPath: (path) => path,
    client: store,
    isFirstRun: false,
  });
}

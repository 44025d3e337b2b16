import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, Launch, Workplace } from './contestant.ts';

const ENTRY = join(import.meta.dirname, '../../../dist/logferry.js');

export interface LogferryKeys {
  /** Keys of the configuration beside the ones that say where. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The same of its output. */
  readonly output?: Readonly<Record<string, unknown>>;
  /** Options of Node's own. */
  readonly nodeOptions?: readonly string[];
}

/** The built agent with the default configuration, but for `keys`. */
export function logferry(name = 'logferry', { config = {}, output = {}, nodeOptions = [] }: LogferryKeys = {}): Contestant {
  return {
    name,
    remark: 'protobuf and snappy',
    unit: 'entries',
    readsRotated: true,
    prepare: ({ logDir, directory, receiver }: Workplace): Launch => {
      const file = join(directory, 'logferry.yaml');
      const url = `http://127.0.0.1:${receiver.http}/loki/api/v1/push`;
      // JSON is YAML.
      const keys = {
        node_name: 'bench',
        state_dir: join(directory, 'state'),
        containers: { log_dir: logDir },
        kubernetes: { enabled: false },
        outputs: [{ name: 'loki', type: 'loki', url, ...output }],
        server: { listen: '127.0.0.1:0' },
        ...config,
      };
      writeFileSync(file, JSON.stringify(keys));
      return { command: [process.execPath, ...nodeOptions, ENTRY, 'run', '--config', file] };
    },
  };
}

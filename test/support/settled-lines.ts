import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Checkpoints } from '../../agent/checkpoint/checkpoint-store.ts';
import { CHANNEL_NAMES } from '../../agent/model/record.ts';

/**
 * How many lines of each container and channel lie before the position on disk: those that no later start may send again. Lines are
 * as ChattyContainers prints them. Only for channels with a line before the position in the very file that the position names.
 */
export function settledLines(stateDir: string, logDir: string): Map<string, number> {
  const settled = new Map<string, number>();
  const { outputs } = JSON.parse(readFileSync(join(stateDir, 'checkpoints.json'), 'utf8')) as { outputs: Checkpoints };
  for (const [sourceId, position] of Object.entries(outputs['loki'] ?? {})) {
    const directory = dirname(join(logDir, 'pods', sourceId));
    for (const [index, { file, offset }] of position.entries()) {
      const name = readdirSync(directory).find((name) => String(statSync(join(directory, name), { bigint: true }).ino) === file.ino);
      if (name === undefined || name.endsWith('.gz')) continue;
      const before = readFileSync(join(directory, name)).toString('utf8', 0, offset);
      const last = [...before.matchAll(/ (stdout|stderr) F (\S+ \S+) line (\d+) /g)].findLast(
        ([, channel]) => channel === CHANNEL_NAMES[index],
      );
      if (last !== undefined) settled.set(last[2]!, Number(last[3]) + 1);
    }
  }
  return settled;
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import type { KnownFile } from '../../agent/model/position.ts';
import { CHANNEL_NAMES } from '../../agent/model/record.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { LogFile } from '../../agent/tail/log-file.ts';

const CURRENT = 'checkpoints.json';

/** How long ago the positions on disk were written; null when there are none. */
export function checkpointAgeMs(stateDir: string): number | null {
  const stat = statSync(join(stateDir, CURRENT), { throwIfNoEntry: false });
  return stat === undefined ? null : Date.now() - stat.mtimeMs;
}

/**
 * How many lines of each container and channel lie before the position on disk: those that no later start may send again. Lines are
 * as ChattyContainers prints them. Only for channels with a whole line before the position in the very file that the position names;
 * for none while the agent is replacing its positions.
 */
export function settledLines(stateDir: string, logDir: string): Map<string, number> {
  const settled = new Map<string, number>();
  if (checkpointAgeMs(stateDir) === null) return settled;
  const document = parseCheckpoints(readFileSync(join(stateDir, CURRENT)));
  if (document.kind !== 'whole') return settled;
  for (const [sourceId, { files, channels }] of Object.entries(document.checkpoints.outputs['loki'] ?? {})) {
    const directory = dirname(join(logDir, 'pods', sourceId));
    for (const [index, { file, offset }] of channels.entries()) {
      const path = pathOf(directory, files[file]!);
      if (path === null) continue;
      const before = readFileSync(path).toString('utf8', 0, offset);
      const last = [...before.matchAll(/ (stdout|stderr) F (\S+ \S+) line (\d+) /g)].findLast(
        ([, channel]) => channel === CHANNEL_NAMES[index],
      );
      if (last !== undefined) settled.set(last[2]!, Number(last[3]) + 1);
    }
  }
  return settled;
}

/** The file that a position names; null when it was compressed since, even if its inode is another file's by now. */
function pathOf(directory: string, { file, fingerprint }: KnownFile): string | null {
  const name = readdirSync(directory).find((name) => String(statSync(join(directory, name), { bigint: true }).ino) === file.ino);
  if (name === undefined || name.endsWith('.gz')) return null;
  const opened = LogFile.open(join(directory, name), { roots: ['/'], descriptors: new Descriptors(1, systemClock), fs: systemFiles });
  if (typeof opened === 'string') return null;
  const isNamed = opened.grown(fingerprint) !== null;
  opened.close();
  return isNamed ? join(directory, name) : null;
}

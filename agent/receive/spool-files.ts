import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { civilSeconds, timeOf } from '../runtime/civil-time.ts';
import { rfc3339Seconds } from '../runtime/clock.ts';

/** A file that was rotated away. */
export interface RotatedFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970 in its name; no two have the same. */
  readonly rotatedMs: number;
}

const LIVE_NAME = 'audit.log';
const ROTATED_NAME = /^audit-(?<date>\d{4}-\d\d-\d\d)T(?<hour>\d\d)-(?<minute>\d\d)-(?<second>\d\d)\.(?<ms>\d{3})\.log$/;

/** Of the agent that has this state directory. */
export function spoolDirectory(stateDir: string): string {
  return join(stateDir, 'audit-webhook');
}

export function liveFile(directory: string): string {
  return join(directory, LIVE_NAME);
}

/** As lumberjack names it: the time of the rotation before the extension, in UTC (lumberjack v2.2.1, backupName). */
export function rotatedFile(directory: string, rotatedMs: number): string {
  const time = civilSeconds(timeOf(rotatedMs)).replaceAll(':', '-');
  return join(directory, `audit-${time}.${String(rotatedMs % 1000).padStart(3, '0')}.log`);
}

/** The files that were rotated away, oldest first. */
export async function rotatedFiles(directory: string): Promise<RotatedFile[]> {
  const files: RotatedFile[] = [];
  for (const name of await readdir(directory)) {
    const groups = ROTATED_NAME.exec(name)?.groups;
    if (groups === undefined) continue;
    const seconds = rfc3339Seconds(`${groups['date']}T${groups['hour']}:${groups['minute']}:${groups['second']}Z`);
    const path = join(directory, name);
    files.push({ path, size: (await stat(path)).size, rotatedMs: seconds * 1000 + Number(groups['ms']) });
  }
  return files.sort((a, b) => a.rotatedMs - b.rotatedMs);
}

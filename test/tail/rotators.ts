import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { kubeletFiles } from '../../agent/tail/kubelet-files.ts';
import { lumberjackFiles } from '../../agent/tail/lumberjack-files.ts';
import type { RotatedFiles } from '../../agent/tail/rotated-files.ts';

/** Whoever rotates a log, and compresses what was rotated. */
export interface Rotator {
  readonly name: string;
  readonly rotatedFiles: RotatedFiles;
  /** What the live file is renamed to, the `number`th time. */
  nameOf(live: string, number: number): string;
  /** Step by step; `seen` looks in between. */
  compress(plain: string, content: string, seen: () => void): void;
}

export const kubelet: Rotator = {
  name: 'the kubelet',
  rotatedFiles: kubeletFiles,
  nameOf(live, number) {
    const digits = String(20_240_501_000_000 + number);
    return `${live}.${digits.slice(0, 8)}-${digits.slice(8)}`;
  },
  compress(plain, content, seen) {
    writeFileSync(`${plain}.tmp`, gzipSync(content));
    renameSync(`${plain}.tmp`, `${plain}.gz`);
    seen();
    rmSync(plain);
  },
};

/** As the API server does it: into the final name while the source is still there (lumberjack v2.2.1 lumberjack.go, compressLogFile). */
export const lumberjack: Rotator = {
  name: 'lumberjack',
  rotatedFiles: lumberjackFiles,
  nameOf(live, number) {
    const extension = extname(live);
    const time = `2024-05-01T12-00-00.${String(number).padStart(3, '0')}`;
    return join(dirname(live), `${basename(live, extension)}-${time}${extension}`);
  },
  compress(plain, content, seen) {
    const whole = gzipSync(content);
    for (const bytes of [0, Math.floor(whole.length / 2), whole.length]) {
      writeFileSync(`${plain}.gz`, whole.subarray(0, bytes));
      seen();
    }
    rmSync(plain);
  },
};

/** Compresses a file that is there. */
export function compressBy(rotator: Rotator, plain: string, seen: () => void = () => undefined): void {
  rotator.compress(plain, readFileSync(plain, 'latin1'), seen);
}

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Checkpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { type ChannelPosition, INITIAL_STATE, type Position } from '../../agent/model/position.ts';
import { tempDir } from '../support/temp-dir.ts';

export const CURRENT = 'checkpoints.json';
export const PREVIOUS = 'checkpoints.previous.json';
export const NEXT = 'checkpoints.json.tmp';
export const SOURCE = 'shop_cart_u-1/app/0';

/** A path that nothing stands at yet, gone after the test with what then does. */
export async function stateDir(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return join(dir.path, 'state');
}

/** A position with something in every one of its places. */
export function positionAt(offset: number): Position {
  const channel: ChannelPosition = { file: 0, offset, record: null, state: INITIAL_STATE };
  const open = { ...channel, record: { channel: 1, partial: true, malformed: false, escaped: false, time: [1, 2] } } as const;
  return {
    files: [{ file: { dev: '2049', ino: '18446744073709551615' }, fingerprint: { bytes: 1024, hash: 'c0ffee' }, size: 4096 }],
    channels: [channel, { ...open, state: { runStart: [1, 2], runEnd: [1, 3], line: { time: [1, 2], pieces: 1, bytes: 9 } } }],
    gaps: [{ reason: 'deleted_unread', bytes: 7, lines: null }],
    attribution: {
      options: 'c0ffee',
      pod: {
        labels: { app: 'cart' },
        annotations: { 'logferry.io/service-name': 'x' },
        controller: { kind: 'ReplicaSet', name: 'cart-1' },
        namespaceLabels: { env: 'prod' },
      },
      muted: 1,
      demoted: ['app'],
    },
  };
}

/** Checkpoints that tell from each other by `offset`; with further sources, if given. */
export function at(offset: number, sources: Readonly<Record<string, Position>> = {}): Checkpoints {
  return {
    startedMs: 1_714_564_800_000,
    imported: ['promtail:/run/promtail/positions.yaml'],
    outputs: { loki: { [SOURCE]: positionAt(offset), ...sources } },
  };
}

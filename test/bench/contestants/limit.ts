import { join } from 'node:path';
import type { Contestant } from './contestant.ts';

/** What no agent that sends snappy can beat: it reads, looks for LFs, compresses and sends the bytes as they are. */
export const LIMIT: Contestant = {
  name: 'limit',
  remark: 'the same bytes in snappy, nothing parsed, no state',
  unit: 'records',
  readsRotated: true,
  prepare: ({ logDir, receiver }) => ({
    command: [process.execPath, join(import.meta.dirname, 'limit-main.ts'), logDir, `http://127.0.0.1:${receiver.http}/lines`],
  }),
};

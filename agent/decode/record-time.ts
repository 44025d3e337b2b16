import type { Time } from '../model/position.ts';
import { RecordView } from '../model/record.ts';
import { decodeTimestamp } from './cri.ts';

const OPENING_BRACE = 123;
const DOCKER_TIME = Buffer.from('"time":"');

/** The time of the record that `head`, the first bytes of a log file, begins with; null when they do not tell it. */
export function recordTime(head: Buffer): Time | null {
  const view = new RecordView();
  const isJson = head[0] === OPENING_BRACE;
  const key = isJson ? head.indexOf(DOCKER_TIME) : 0;
  if (key === -1) return null;
  const end = decodeTimestamp(head, isJson ? key + DOCKER_TIME.length : 0, view);
  return end === -1 || end > head.length ? null : [view.seconds, view.nanos];
}

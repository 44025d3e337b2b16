import type { ChannelPosition, Position } from '../model/position.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(isCount);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

/** Every key is there and passes its check. */
function shape(checks: Record<string, Check>): Check {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));
}

const isChannelPosition: Check = shape({
  file: shape({ dev: isText, ino: isText }),
  fingerprint: shape({ bytes: isCount, hash: isText }),
  offset: isCount,
  record: orNull(
    shape({ channel: (value) => value === 0 || value === 1, partial: isFlag, malformed: isFlag, escaped: isFlag, time: isTime }),
  ),
  state: shape({ runStart: isTime, runEnd: isTime, line: orNull(shape({ time: isTime, pieces: isCount, bytes: isCount })) }),
} satisfies Record<keyof ChannelPosition, Check>);

/** Whether a value read from a file has the shape of a position. */
export function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 2 && value.every(isChannelPosition);
}

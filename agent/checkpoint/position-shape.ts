import type { Attribution, PodFacts } from '../model/attribution.ts';
import { LOSS_REASONS } from '../model/gap.ts';
import type { ChannelPosition, ChannelState, KnownFile, Position } from '../model/position.ts';
import { DROP_REASONS } from '../model/verdict.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber: Check = (value) => Number.isFinite(value);
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

const isReason: Check = (value) => [...LOSS_REASONS, ...DROP_REASONS].some((reason) => reason === value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isChannelPosition: Check = shape({
  file: isCount,
  offset: isCount,
  record: orNull(
    shape({ channel: (value) => value === 0 || value === 1, partial: isFlag, malformed: isFlag, escaped: isFlag, time: isTime }),
  ),
  state: shape({
    runStart: isTime,
    runEnd: isTime,
    line: orNull(shape({ time: isTime, pieces: isCount, bytes: isCount })),
    memory: (value) => value === undefined || (Array.isArray(value) && value.every(isNumber)),
  } satisfies Record<keyof ChannelState, Check>),
} satisfies Record<keyof ChannelPosition, Check>);

const isKnownFile: Check = shape({
  file: shape({ dev: isText, ino: isText }),
  fingerprint: shape({ bytes: isCount, hash: isText }),
  size: isCount,
} satisfies Record<keyof KnownFile, Check>);

const isTexts: Check = (value) => typeof value === 'object' && value !== null && Object.values(value).every(isText);

const isPodFacts: Check = shape({
  labels: isTexts,
  annotations: isTexts,
  controller: orNull(shape({ kind: isText, name: isText })),
  namespaceLabels: isTexts,
} satisfies Record<keyof PodFacts, Check>);

const isValues: Check = (value) => typeof value === 'object' && value !== null && Object.values(value).every(listOf(isCount));

const isAppliedRoute: Check = (value) => Array.isArray(value) && value.length === 2 && isCount(value[0]) && orNull(isText)(value[1]);

const isAttribution: Check = shape({
  options: isText,
  pod: orNull(isPodFacts),
  muted: (value) => value === null || value === 0 || value === 1,
  demoted: listOf(isText),
  lineValues: (value) => value === undefined || isValues(value),
  routes: (value) => value === undefined || listOf(isAppliedRoute)(value),
} satisfies Record<keyof Attribution, Check>);

const hasPositionKeys: Check = shape({
  files: listOf(isKnownFile),
  channels: (value) => Array.isArray(value) && value.length === 2 && value.every(isChannelPosition),
  gaps: listOf(shape({ reason: isReason, bytes: isCount, lines: orNull(isCount) })),
  attribution: (value) => value === undefined || isAttribution(value),
} satisfies Record<keyof Position, Check>);

/** Whether a value read from a file has the shape of a position: its channels are in files that it names. */
export function isPosition(value: unknown): value is Position {
  if (!hasPositionKeys(value)) return false;
  const { files, channels } = value as Position;
  return channels.every(({ file }) => file < files.length);
}

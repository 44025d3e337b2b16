import { MASKS, type Mask } from './body-redactor.ts';
import { EVENT_FIELDS, type EventField } from './event-fields.ts';
import { FORBIDDEN_RESOURCES, type ForbiddenResource } from './forbidden-resource.ts';
import type { FilterReason } from './lower-level.ts';
import { RECORDED_LEVELS, type RecordedLevel, STAGES, type Stage } from './policy.ts';

const FILTER_REASONS = ['empty', 'no-rule', 'level-none', 'stage'] as const;
/** Why a line became an entry that holds no more than who, what, when and the outcome, as far as it says so. */
const EVENT_FAULTS = ['no-json', 'too-deep', 'cut-off', 'given-twice', 'malformed', 'no-event'] as const;
export type EventFault = (typeof EVENT_FAULTS)[number];

/** What became of the events that were read, since the beginning. */
export class AuditCounts {
  /** Entries, by the level and the stage they leave with; those that are no events are in `unparsable` alone. */
  readonly events: Readonly<Record<RecordedLevel, Record<Stage, number>>> = record(RECORDED_LEVELS, () => record(STAGES, () => 0));
  /** Of them, requests that were answered 403, each once. */
  readonly forbidden: Record<ForbiddenResource, number> = record(FORBIDDEN_RESOURCES, () => 0);
  readonly filtered: Record<FilterReason, number> = record(FILTER_REASONS, () => 0);
  readonly unparsable: Record<EventFault, number> = record(EVENT_FAULTS, () => 0);
  /** Events whose bodies were removed, by what they held: few names, those of resources and kinds that hold credentials. */
  readonly removed: Map<string, number> = new Map();
  readonly masked: Record<Mask, number> = record(MASKS, () => 0);
  /** Fields that were left out or shortened, since the event was too large. */
  readonly truncated: Record<EventField, number> = record(EVENT_FIELDS, () => 0);
}

function record<const Name extends string, Value>(names: readonly Name[], value: () => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value()])) as Record<Name, Value>;
}

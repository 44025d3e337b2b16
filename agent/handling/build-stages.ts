import { buildMatch } from './build-match.ts';
import type { StageConfig, StageName } from '../config/stages-schema.ts';
import type { Zones } from '../layouts/zones.ts';
import type { CompileJmesPath } from './load-jmespath.ts';
import type { LogSelector } from '../logql/parse-log-selector.ts';
import type { StageFault } from '../model/counters.ts';
import type { Labels } from '../model/labels.ts';
import type { LineMetrics } from '../model/line-metrics.ts';
import type { Redactions } from '../model/shape.ts';
import { ChannelStages } from '../process/channel-stages.ts';
import { PATTERN_STAGES } from './pattern-stages.ts';
import { LevelStage } from '../process/level-stage.ts';
import type { Memory } from '../process/memory.ts';
import type { Names } from '../process/names.ts';
import type { Scratch } from '../process/scratch.ts';
import { chainStages, type Stage } from '../process/stage.ts';
import type { ValueTexts } from '../process/value-texts.ts';
import { TEXT_STAGES } from './text-stages.ts';
import { VALUE_STAGES } from './value-stages.ts';

/** What the stages of a source are built with. Sources are read one at a time, so they share what a stage needs for the line at hand. */
export interface StageParts {
  /** Slots of what is extracted, and of labels that stages may change. */
  readonly extracted: Names;
  readonly labels: Names;
  /** Names of the labels that the streams of the source have before any stage. */
  readonly ownLabels: readonly string[];
  /** By channel, the labels that entries have before any stage, as metadata or not. */
  readonly channelLabels: readonly Labels[];
  /** What a selector means that was found sound. */
  readonly selectorOf: (source: string) => LogSelector;
  readonly memory: Memory;
  readonly zones: Zones;
  readonly scratch: Scratch;
  readonly texts: ValueTexts;
  readonly redactions: Redactions;
  /** Counts an entry that a stage leaves out, by the reason that is configured for it. */
  readonly countFiltered: (reason: string) => void;
  /** Counts an entry with which a stage could not do what it is for. */
  readonly countFault: (fault: StageFault) => void;
  readonly lineMetrics: LineMetrics;
  readonly maxLineBytes: number;
  /** Seconds since 1970. */
  readonly nowSeconds: () => number;
  /** Null: no stage has an expression that is more than a path. */
  readonly compileJmesPath: CompileJmesPath | null;
  /** Puts something around each stage, for whoever wants to see what it does; absent: nothing. */
  readonly wrap?: WrapStage | undefined;
}

/** `name`: the key that the stage is configured under. */
export type WrapStage = (stage: Stage, name: StageName, parts: StageParts) => Stage;

/** What builds each stage; null from it: there is nothing to do. */
export type StageBuilders = { readonly [Name in StageName]: (options: NonNullable<StageConfig[Name]>, parts: StageParts) => Stage | null };

const BUILDERS: StageBuilders = {
  ...PATTERN_STAGES,
  ...TEXT_STAGES,
  ...VALUE_STAGES,
  level: ({ drop }, { countFiltered }) => new LevelStage({ drop, countFiltered }),
  match: (options, parts) => buildMatch(options, parts, buildStages),
  /** What it says is done before the stages. */
  multiline: () => null,
};

interface SourceStages {
  /** By channel, those of its owner. */
  readonly owner: readonly (readonly StageConfig[])[];
  readonly configured: readonly StageConfig[];
  /** What is done behind all others; null: nothing. */
  readonly last: Stage | null;
}

/** All stages of a source; null when there are none. */
export function buildSourceStages({ owner, configured, last }: SourceStages, parts: StageParts): Stage | null {
  const byChannel = owner.map((stages) => buildStages(stages, parts));
  const owners = byChannel.every((stage) => stage === null) ? null : new ChannelStages(byChannel);
  return chainStages([owners, buildStages(configured, parts), last].filter((stage) => stage !== null));
}

/** The stages of a list, in its order; null when there are none. */
export function buildStages(stages: readonly StageConfig[], parts: StageParts): Stage | null {
  return chainStages(stages.flatMap((stage) => buildStage(stage, parts) ?? []));
}

/** Null for one that does nothing to this source. */
function buildStage(stage: StageConfig, parts: StageParts): Stage | null {
  const [name] = Object.keys(stage) as [StageName];
  const build = BUILDERS[name] as (options: object, parts: StageParts) => Stage | null;
  const built = build(stage[name]!, parts);
  return built === null || parts.wrap === undefined ? built : parts.wrap(built, name, parts);
}

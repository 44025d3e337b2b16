import { z } from 'zod';
import { misplacedMultiline } from './stages/multiline-place.ts';
import { criSchema } from './stages/cri-schema.ts';
import { type DropConfig, dropSchema } from './stages/drop-schema.ts';
import { type JsonConfig, jsonSchema } from './stages/json-schema.ts';
import { labelList } from './stages/label-list.ts';
import { labelsStageSchema } from './stages/labels-stage-schema.ts';
import { type LevelConfig, levelSchema } from './stages/level-schema.ts';
import { type LimitConfig, limitSchema } from './stages/limit-schema.ts';
import { type LogfmtConfig, logfmtSchema } from './stages/logfmt-schema.ts';
import { type MatchConfig, matchSchema } from './stages/match-schema.ts';
import { metricConflicts } from './stages/metric-conflicts.ts';
import { type MetricsConfig, metricsSchema } from './stages/metrics-schema.ts';
import { type MultilineConfig, multilineSchema } from './stages/multiline-schema.ts';
import { noOptions } from './stages/no-options.ts';
import { type OutputStageConfig, outputStageSchema } from './stages/output-stage-schema.ts';
import { type PackConfig, packSchema } from './stages/pack-schema.ts';
import { type RedactConfig, redactSchema } from './stages/redact-schema.ts';
import { type RegexConfig, regexSchema } from './stages/regex-schema.ts';
import { type ReplaceConfig, replaceSchema } from './stages/replace-schema.ts';
import { type SamplingConfig, samplingSchema } from './stages/sampling-schema.ts';
import type { Sources } from './stages/sources.ts';
import { staticLabelsSchema } from './stages/static-labels-schema.ts';
import { structuredMetadataSchema } from './stages/structured-metadata-schema.ts';
import { type TemplateConfig, templateSchema } from './stages/template-schema.ts';
import { type TenantConfig, tenantSchema } from './stages/tenant-schema.ts';
import { type TimestampConfig, timestampSchema } from './stages/timestamp-schema.ts';

/** One stage, under its name; exactly one of the keys is there. */
export interface StageConfig {
  readonly cri?: object;
  readonly decolorize?: object;
  readonly docker?: object;
  readonly drop?: DropConfig;
  readonly json?: JsonConfig;
  readonly labelallow?: readonly string[];
  readonly labeldrop?: readonly string[];
  readonly labels?: Sources;
  readonly level?: LevelConfig;
  readonly limit?: LimitConfig;
  readonly logfmt?: LogfmtConfig;
  readonly match?: MatchConfig<StageConfig>;
  readonly metrics?: MetricsConfig;
  readonly multiline?: MultilineConfig;
  readonly output?: OutputStageConfig;
  readonly pack?: PackConfig;
  readonly redact?: RedactConfig;
  readonly regex?: RegexConfig;
  readonly replace?: ReplaceConfig;
  readonly sampling?: SamplingConfig;
  readonly static_labels?: Readonly<Record<string, string>>;
  readonly structured_metadata?: Sources;
  readonly template?: TemplateConfig;
  readonly tenant?: TenantConfig;
  readonly timestamp?: TimestampConfig;
}

export type StageName = keyof StageConfig;

const STAGE_SCHEMAS: { readonly [Name in StageName]-?: z.ZodType<NonNullable<StageConfig[Name]>> } = {
  cri: criSchema,
  decolorize: noOptions('Takes out what colours a line on a terminal.'),
  docker: noOptions('Has no effect: logs of container runtimes are always taken apart.'),
  drop: dropSchema,
  json: jsonSchema,
  labelallow: labelList().describe('Takes all labels away but these.'),
  labeldrop: labelList().describe('Takes these labels away.'),
  labels: labelsStageSchema,
  level: levelSchema,
  limit: limitSchema,
  logfmt: logfmtSchema,
  match: matchSchema(z.lazy(() => stageList)),
  metrics: metricsSchema,
  multiline: multilineSchema,
  output: outputStageSchema,
  pack: packSchema,
  redact: redactSchema,
  regex: regexSchema,
  replace: replaceSchema,
  sampling: samplingSchema,
  static_labels: staticLabelsSchema,
  structured_metadata: structuredMetadataSchema,
  template: templateSchema,
  tenant: tenantSchema,
  timestamp: timestampSchema,
};

const NAMES = Object.keys(STAGE_SCHEMAS);

const stage: z.ZodType<StageConfig> = z
  .strictObject(Object.fromEntries(Object.entries(STAGE_SCHEMAS).map(([name, schema]) => [name, schema.exactOptional()])))
  .superRefine(
    (stage, ctx) => {
      const names = Object.keys(stage);
      if (names.length === 1) return;
      const message =
        names.length === 0 ? `names no stage, write one of ${NAMES.join(', ')}` : 'more than one stage, write each as an item of its own';
      ctx.addIssue({ code: 'custom', message });
    },
    // A stage under an unknown name is not one that is missing.
    { when: ({ issues }) => issues.length === 0 },
  )
  .meta({ id: 'stage', minProperties: 1, maxProperties: 1 });

const stageList: z.ZodType<readonly StageConfig[]> = z.array(stage);

/** What is done with every entry before it is put into a batch. */
export const stagesSchema: z.ZodType<readonly StageConfig[]> = stageList
  .superRefine(
    (stages, ctx) => {
      for (const { path, message } of misplacedMultiline(stages)) ctx.addIssue({ code: 'custom', path: [...path], message });
      for (const { path, message } of metricConflicts(stages)) ctx.addIssue({ code: 'custom', path: [...path], message });
    },
    { when: ({ issues }) => issues.length === 0 },
  )
  // Not default(): what stages transform to is not what is written.
  .prefault([])
  .describe('What is done with every entry, in this order; each item holds one stage.');

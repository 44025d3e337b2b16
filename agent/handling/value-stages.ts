import { buildJsonStage } from './build-json-stage.ts';
import type { StageBuilders, StageParts } from './build-stages.ts';
import type { TenantConfig } from '../config/stages/tenant-schema.ts';
import { DecolorizeStage } from '../process/decolorize-stage.ts';
import { DropLabelsStage } from '../process/drop-labels-stage.ts';
import { LabelsStage } from '../process/labels-stage.ts';
import { LogfmtStage } from '../process/logfmt-stage.ts';
import { OutputStage } from '../process/output-stage.ts';
import { PackStage } from '../process/pack-stage.ts';
import { StaticLabelsStage } from '../process/static-labels-stage.ts';
import { StructuredMetadataStage } from '../process/structured-metadata-stage.ts';
import { type TenantSource, TenantStage } from '../process/tenant-stage.ts';
import type { ValueOrLabel } from '../process/value-or-label.ts';

type ValueStage =
  | 'cri'
  | 'decolorize'
  | 'docker'
  | 'json'
  | 'labelallow'
  | 'labeldrop'
  | 'labels'
  | 'logfmt'
  | 'output'
  | 'pack'
  | 'static_labels'
  | 'structured_metadata'
  | 'tenant';

/** Stages that take values out of lines, and that put them where they belong. */
export const VALUE_STAGES: Pick<StageBuilders, ValueStage> = {
  // What a runtime writes was taken apart before.
  cri: () => null,
  decolorize: (_, { scratch }) => new DecolorizeStage(scratch),
  docker: () => null,
  json: buildJsonStage,
  labelallow: (allowed, parts) => new DropLabelsStage(labelsBut(allowed, parts)),
  labeldrop: (dropped, { labels }) => new DropLabelsStage(dropped.map((name) => labels.slotOf(name))),
  labels: (sources, { labels, extracted }) =>
    new LabelsStage(Object.entries(sources).map(([name, source]) => ({ label: labels.slotOf(name), source: extracted.slotOf(source) }))),
  logfmt: ({ mapping, source }, { extracted, texts }) =>
    new LogfmtStage({
      fields: Object.entries(mapping).map(([name, key]) => ({ slot: extracted.slotOf(name), key })),
      source: source === undefined ? null : extracted.slotOf(source),
      texts,
    }),
  output: ({ source }, { extracted, scratch, maxLineBytes }) =>
    new OutputStage({ source: extracted.slotOf(source), scratch, maxLineBytes }),
  pack: ({ labels: names }, parts) => {
    const packed = [...new Set(names)].toSorted().map((name) => ({ name, ...slotsOf(name, parts) }));
    return new PackStage({ packed, scratch: parts.scratch, maxLineBytes: parts.maxLineBytes });
  },
  static_labels: (values, { labels }) => new StaticLabelsStage(Object.entries(values).map(([name, value]) => [labels.slotOf(name), value])),
  structured_metadata: (sources, parts) =>
    new StructuredMetadataStage(Object.entries(sources).map(([name, source]) => ({ name, ...slotsOf(source, parts) }))),
  tenant: (options, parts) => new TenantStage(tenantSource(options, parts)),
};

/** Slots of the extracted value and of the label of a name, where a stage takes either. */
function slotsOf(name: string, parts: StageParts): ValueOrLabel {
  const { extracted, labels } = parts;
  return { source: extracted.slotOf(name), label: labelsAt(parts).has(name) ? labels.slotOf(name) : null };
}

/** Names of all labels that an entry may have at the stage that is being built. */
function labelsAt({ labels, ownLabels }: StageParts): Set<string> {
  return new Set([...ownLabels, ...labels.list]);
}

/** Slots of those but for the ones that are allowed. */
function labelsBut(allowed: readonly string[], parts: StageParts): number[] {
  return [...labelsAt(parts)].filter((name) => !allowed.includes(name)).map((name) => parts.labels.slotOf(name));
}

function tenantSource({ source, label, value = '' }: TenantConfig, { extracted, labels }: StageParts): TenantSource {
  if (source !== undefined) return { source: extracted.slotOf(source) };
  return label === undefined ? { value } : { label: labels.slotOf(label) };
}

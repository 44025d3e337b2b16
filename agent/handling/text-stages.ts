import assert from 'node:assert';
import { sound } from './sound.ts';
import { buildMetricsStage } from './build-metrics-stage.ts';
import type { StageBuilders } from './build-stages.ts';
import { compileLayout, type Layout } from '../layouts/compile-layout.ts';
import { LimitStage } from '../process/limit-stage.ts';
import { SamplingStage } from '../process/sampling-stage.ts';
import { TemplateStage } from '../process/template-stage.ts';
import { TimestampStage } from '../process/timestamp-stage.ts';
import { compileTemplate } from '../templates/compile-template.ts';

type TextStage = 'limit' | 'metrics' | 'sampling' | 'template' | 'timestamp';

/** Stages that make texts, times and metrics of values, and those that thin lines out. */
export const TEXT_STAGES: Pick<StageBuilders, TextStage> = {
  limit: ({ rate: perSecond, burst, by_label_name: label, max_distinct_labels: maxValues }, { labels, memory, countFiltered }) =>
    new LimitStage({
      perSecond,
      burst,
      countFiltered: () => countFiltered('limit'),
      of: label === undefined ? { spent: memory.slot(), last: memory.slot() } : { label: labels.slotOf(label), maxValues },
    }),
  metrics: buildMetricsStage,
  sampling: ({ rate, drop_counter_reason: reason }, { countFiltered }) =>
    new SamplingStage({ rate, countFiltered: () => countFiltered(reason) }),
  template: (options, { extracted, maxLineBytes: maxBytes, countFault }) =>
    new TemplateStage({
      template: sound(compileTemplate(options.template)),
      source: extracted.slotOf(options.source),
      slotOf: (name) => extracted.slotOf(name),
      maxBytes,
      countFault: () => countFault('template_failed'),
    }),
  timestamp: (options, { extracted, memory, zones, countFault }) => {
    const zone = options.location === undefined ? null : zones.of(options.location);
    const layoutOf = (format: string): Layout => compileLayout(format, zone) ?? assert.fail(`no layout: ${format}`);
    return new TimestampStage({
      source: extracted.slotOf(options.source),
      layouts: [options.format, ...options.fallback_formats].map(layoutOf),
      follows: options.action_on_failure === 'fudge',
      maxBehindSeconds: options.max_behind_seconds,
      maxAheadSeconds: options.max_ahead_seconds,
      lastSeconds: memory.slot(),
      lastNanos: memory.slot(),
      countFault,
    });
  },
};

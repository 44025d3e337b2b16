import type { StageParts } from './build-stages.ts';
import type { MetricConfig, MetricsConfig } from '../config/stages/metrics-schema.ts';
import type { LineMetricOptions } from '../model/line-metrics.ts';
import { type MetricRule, MetricsStage } from '../process/metrics-stage.ts';
import { goDuration } from '../runtime/go-duration.ts';

/** The stage that makes metrics of lines; the metrics of one name are the same for all sources of an output. */
export function buildMetricsStage(metrics: MetricsConfig, parts: StageParts): MetricsStage {
  return new MetricsStage(Object.entries(metrics).map(([name, metric]) => ruleOf(name, metric, parts)));
}

function ruleOf(name: string, metric: MetricConfig, { extracted, labels, lineMetrics }: StageParts): MetricRule {
  const { config } = metric;
  return {
    metric: lineMetrics.metric(optionsOf(name, metric)),
    // Only what stages before have to do with is looked for among the labels: all others are as they were.
    labels: metric.labels.map((name) => ({ source: extracted.slotOf(name), label: labels.has(name) ? labels.slotOf(name) : null })),
    source: sourceOf(metric) ?? extracted.slotOf(metric.source ?? name),
    value: config.value ?? null,
    action: 'action' in config ? config.action : 'observe',
  };
}

function sourceOf({ config }: MetricConfig): 'entries' | 'bytes' | null {
  if (!('match_all' in config) || !config.match_all) return null;
  return config.count_entry_bytes ? 'bytes' : 'entries';
}

function optionsOf(name: string, { prefix, description, type, labels, config, ...bounds }: MetricConfig): LineMetricOptions {
  return {
    name: prefix + name,
    help: description,
    type: type.toLowerCase() as LineMetricOptions['type'],
    labels,
    buckets: 'buckets' in config ? config.buckets : [],
    maxIdleSeconds: goDuration(bounds.max_idle_duration)!,
    maxSeries: bounds.max_series,
  };
}

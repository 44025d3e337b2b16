import type { LineMetric, LineMetrics, LineSeries } from '../model/line-metrics.ts';

/** What one output has of them. */
interface OutputMetrics {
  readonly output: string;
  readonly metrics: LineMetrics;
}

type Label = readonly [name: string, value: string];

/**
 * Metrics of lines in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats): their names and labels are an operator's, and
 * change with the configuration, which a registry does not expect. `nowMs`: of a clock that never goes back.
 */
export function lineMetricsText(outputs: readonly OutputMetrics[], nowMs: number): string {
  const byName = new Map<string, [output: string, metric: LineMetric][]>();
  for (const { output, metrics } of outputs)
    for (const metric of metrics.list) byName.getOrInsertComputed(metric.options.name, () => []).push([output, metric]);
  return [...byName].map(([name, ofOutputs]) => familyText(name, ofOutputs, nowMs)).join('');
}

function familyText(name: string, ofOutputs: readonly [string, LineMetric][], nowMs: number): string {
  const { help, type } = ofOutputs[0]![1].options;
  const samples = ofOutputs.flatMap(([output, metric]) => metric.shown(nowMs).map((series) => seriesText(metric, series, output)));
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${samples.join('')}`;
}

function seriesText({ options }: LineMetric, series: LineSeries, output: string): string {
  const labels: Label[] = [['output', output], ...options.labels.map((label, index): Label => [label, series.values[index]!])];
  if (options.type !== 'histogram') return sample(options.name, labels, series.value);
  let count = 0;
  const buckets = [...options.buckets, Number.POSITIVE_INFINITY].map((bound, index) => {
    count += series.counts[index]!;
    return sample(`${options.name}_bucket`, [...labels, ['le', numberText(bound)]], count);
  });
  return [...buckets, sample(`${options.name}_sum`, labels, series.value), sample(`${options.name}_count`, labels, count)].join('');
}

/** A label without a value is one that is not there. */
function sample(name: string, labels: readonly Label[], value: number): string {
  const written = labels.filter(([, text]) => text !== '').map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}{${written.join(',')}} ${numberText(value)}\n`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

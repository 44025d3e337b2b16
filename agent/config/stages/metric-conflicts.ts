import type { KeyPath } from '../problem.ts';

interface Conflict {
  readonly path: KeyPath;
  readonly message: string;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Metrics of one name that are not the same: /metrics has one of each name. Stages within stages are looked at too. */
export function metricConflicts(stages: unknown): Conflict[] {
  const known = new Map<string, { readonly at: string; readonly form: string }>();
  return metricsIn(stages, []).flatMap(({ path, name, form }) => {
    const at = path.join('.');
    const first = known.getOrInsertComputed(name, () => ({ at, form }));
    return first.form === form ? [] : [{ path, message: `${name} is another metric at stages.${first.at}, give one of them another name` }];
  });
}

interface Metric {
  readonly path: KeyPath;
  readonly name: string;
  /** What two metrics of one name have in common. */
  readonly form: string;
}

function metricsIn(stages: unknown, path: KeyPath): Metric[] {
  if (!Array.isArray(stages)) return [];
  return stages.flatMap((stage: unknown, index) => {
    if (!isMapping(stage)) return [];
    const [name = ''] = Object.keys(stage);
    const options = stage[name];
    if (!isMapping(options)) return [];
    return name === 'metrics' ? metricsOf(options, [...path, index, name]) : metricsIn(options['stages'], [...path, index, name, 'stages']);
  });
}

function metricsOf(metrics: Mapping, path: KeyPath): Metric[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
    if (!isMapping(metric)) return [];
    const { prefix, type, description, labels, max_idle_duration: idle, max_series: series } = metric;
    const buckets = isMapping(metric['config']) ? metric['config']['buckets'] : undefined;
    const form = JSON.stringify([String(type).toLowerCase(), description, labels, idle, series, buckets]);
    return [{ path: [...path, name], name: `${String(prefix)}${name}`, form }];
  });
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { Labels } from '../../model/labels.ts';

/**
 * The text form of a label set, `{a="x", b="y"}`: names sorted, values quoted as Go's strconv.Quote does, as Promtail writes it
 * (loki@v3.5.0 clients/pkg/promtail/client/batch.go, labelsMapToString). JSON's escapes are a subset of Go's once lone surrogates
 * are gone; labels with empty values are left out, as Loki drops them.
 */
export function labelString(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value.toWellFormed())}`);
  return `{${pairs.join(', ')}}`;
}

import type { Metadata } from './record.ts';

/** Indexed labels of a stream, name to value; names match LABEL_NAME. */
export type Labels = Readonly<Record<string, string>>;

/** prometheus/common model.LabelNameRE, which Loki's parser of label strings applies (pkg/logql/syntax/parser.go). */
export const LABEL_NAME: RegExp = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Loki's default max_label_names_per_series (pkg/validation/limits.go); `service_name` is not counted. */
export const MAX_LABELS = 15;

/** What the entries of one source and channel have in common: the stream they belong to and the metadata each of them carries. */
export interface StreamIdentity {
  readonly labels: Labels;
  readonly metadata: Metadata;
}

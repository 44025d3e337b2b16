import type { PushedStream } from './decode-push.ts';
import { readIngesterRefusal } from './ingester-refusal.ts';
import { LABELS, StreamNames } from './stream-names.ts';

/** Loki's pkg/validation/validate.go StreamLimitErrorMsg. */
const STREAM_LIMIT = new RegExp(
  String.raw`^maximum active stream limit exceeded when trying to create stream ${LABELS}, reduce the number of active streams ` +
    String.raw`\(reduce labels or reduce label values\), or contact your Loki administrator to see if the limit can be increased, user: '[^\n]*'\n$`,
  'i',
);

/**
 * The streams of a push that an answer of 429 names as over the rate of a stream, or as one stream too many: they may be accepted
 * later, and the others need not wait for them. Loki names one stream where there may be several (pkg/ingester/instance.go Push;
 * with ingest limits pkg/distributor/distributor.go), so that nothing is known of the others: send them again. Null when the tenant as a
 * whole is over its rate, and nothing is stored, or when the text is unknown.
 */
export function limitedStreams(text: string, streams: readonly PushedStream[]): readonly number[] | null {
  const labels = STREAM_LIMIT.exec(text)?.groups?.['labels'] ?? rateLimitedLabels(text);
  const stream = labels === null ? null : new StreamNames(streams).find(labels);
  return stream === null ? null : [stream];
}

/** The stream is over its rate when an entry that is listed is, the last one for certain (pkg/ingester/stream.go errorForFailedEntries). */
function rateLimitedLabels(text: string): string | null {
  const refusal = readIngesterRefusal(text);
  return refusal?.listed.some(({ reason }) => reason === 'rate_limited') === true ? refusal.labels : null;
}

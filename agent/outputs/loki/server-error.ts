import type { DropReason, RetryReason } from '../../model/verdict.ts';

/** Loki has one 500 for its own troubles and for entries that it can never store. These words are those of an entry's fault ... */
const FAULTS: readonly (readonly [text: RegExp, reason: DropReason])[] = [
  // otlptranslator/label_namer.go, of a name of metadata.
  [/^(?:label name is empty|normalization for label name )/, 'bad_metadata'],
  // grpc, between distributor and ingester.
  [/^rpc error: code = ResourceExhausted desc = .*message larger than max /, 'too_large'],
];

/** ... and these of the store's (dskit/ring, pkg/ingester, grpc): with them no batch comes under suspicion, however often they come. */
const TROUBLES =
  /unhealthy instances|empty ring|live replicas required|failed ingesters|shutting down|context (?:canceled|deadline exceeded)|code = (?:Unavailable|Canceled|DeadlineExceeded)|connection refused/;

/** Why an answer of 500 and more says that the request can never be stored; null when it does not. */
export function requestFault(status: number, text: string): DropReason | null {
  const fault = status === 500 ? FAULTS.find(([words]) => words.test(text)) : undefined;
  return fault === undefined ? null : fault[1];
}

/** Whether the store may have failed over what was sent to it. 502 to 504 are a gateway's, or say that nothing was looked at. */
export function serverErrorReason(status: number, text: string): RetryReason {
  return status === 500 && !TROUBLES.test(text) ? 'server_error' : 'unavailable';
}

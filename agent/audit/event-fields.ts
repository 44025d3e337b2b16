/**
 * The fields of an event in the order in which the API server writes them (apiserver: pkg/apis/audit/v1/types.go, v1.37); kind and
 * apiVersion are missing in the items of an EventList.
 */
export const EVENT_FIELDS = [
  'kind',
  'apiVersion',
  'level',
  'auditID',
  'stage',
  'requestURI',
  'verb',
  'user',
  'impersonatedUser',
  'authenticationMetadata',
  'sourceIPs',
  'userAgent',
  'objectRef',
  'responseStatus',
  'requestObject',
  'responseObject',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'annotations',
] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

/** How every event of a log begins: the API server writes these two fields first. */
export const EVENT_START: Buffer = Buffer.from('{"kind":"Event","apiVersion":"audit.k8s.io/v1"');

/** What clients sent and got. */
export const BODIES = ['requestObject', 'responseObject'] as const;

export function isBody(field: EventField): boolean {
  return BODIES.some((body) => body === field);
}

/** The values of an event: JSON without white space between its tokens. */
export type EventValues = Map<EventField, Buffer>;

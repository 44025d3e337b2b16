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

/** What clients sent and got. */
export const BODIES = ['requestObject', 'responseObject'] as const;

/** The values of an event: JSON without white space between its tokens. */
export type EventValues = Map<EventField, Buffer>;

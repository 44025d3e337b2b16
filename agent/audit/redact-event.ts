import { type Mask, type RedactParts, redactJson } from './body-redactor.ts';
import { BODIES, type EventValues, isBody } from './event-fields.ts';
import { recordOf } from './event-head.ts';
import { goJson } from './go-json.ts';
import { maskText, placeholder, SECRET_NAME } from './mask-text.ts';

/** Escapes but those that Go writes for what is no secret, in which texts are found all the same. */
const ESCAPE = /\\(?!u00(?:26|3[ce]))/;
const AMPERSAND = /\\u0026/g;
/** What nearly every event says of why it was allowed (kubernetes pkg/registry/rbac/validation/rule.go); its quotes hide nothing. */
const RBAC_REASON =
  /"RBAC: allowed by (?:Cluster)?RoleBinding \\"[^"\\]*\\" of (?:Cluster)?Role \\"[^"\\]*\\" to (?:User|Group|ServiceAccount) \\"[^"\\]*\\""/g;
/** Names of which the text beside them is masked, whatever its form, and flags. */
const TELLING_NAME = new RegExp(`(?:${SECRET_NAME}|"value)"`, 'i');
/** What a webhook changed in an object, and what of it a policy did not like. */
const BODY_ANNOTATION = /^(?:patch\.webhook|validation\.policy)\.admission\.k8s\.io\//;
/** What the API server itself says about an object of which it has seen no more than the name. */
const SAFE_MESSAGE = /^[^:]{0,512} (?:is forbidden: User |not found$|already exists$)|^Operation cannot be fulfilled on |^Unauthorized$/;

/**
 * Masks secrets in what an event holds. Bodies with objects that hold credentials go, both: returns of which kind, which is the one that is given
 * when that is known beforehand, or null.
 */
export function redactEvent(values: EventValues, credential: string | null, parts: RedactParts): string | null {
  const held = redactBodies(values, credential, parts);
  if (held !== null) removeQuotes(values, parts.masked);
  maskHead(values, parts);
  return held;
}

function redactBodies(values: EventValues, credential: string | null, parts: RedactParts): string | null {
  let held = credential;
  for (const body of BODIES) {
    const value = held === null ? values.get(body) : undefined;
    if (value === undefined) continue;
    const redacted = redactJson(value, parts);
    if (redacted.kind === 'credential') held = redacted.of;
    else values.set(body, redacted.value);
  }
  if (held !== null) for (const body of BODIES) values.delete(body);
  return held;
}

/** Takes out what may quote from an object that holds credentials. */
function removeQuotes(values: EventValues, masked: (mask: Mask) => void): void {
  const { message, details: _, ...status } = recordOf(values, 'responseStatus');
  const text = placeholder('object');
  if (typeof message === 'string' && message !== text && !SAFE_MESSAGE.test(message)) {
    masked('object');
    values.set('responseStatus', Buffer.from(goJson({ ...status, message: text })));
  }
  removeBodyAnnotations(values);
}

/** Takes out annotations that are parts of bodies. */
export function removeBodyAnnotations(values: EventValues): void {
  if (values.get('annotations')?.includes('admission.k8s.io/') !== true) return;
  const annotations = Object.entries(recordOf(values, 'annotations'));
  const kept = annotations.filter(([name]) => !BODY_ANNOTATION.test(name));
  if (kept.length < annotations.length) values.set('annotations', Buffer.from(goJson(Object.fromEntries(kept))));
}

/** Nearly no event has anything there, which one look tells for all of its fields. */
function maskHead(values: EventValues, parts: RedactParts): void {
  const heads = [...values].filter(([field]) => !isBody(field));
  const all = Buffer.concat(heads.map(([, value]) => value))
    .toString()
    .replace(AMPERSAND, '&')
    .replace(RBAC_REASON, (reason) => reason.replaceAll('\\"', '"'));
  if (!ESCAPE.test(all) && !TELLING_NAME.test(all) && maskText(all, () => undefined) === null) return;
  for (const [field, value] of heads) {
    const redacted = redactJson(value, { ...parts, omitManagedFields: false });
    if (redacted.kind === 'clean') values.set(field, redacted.value);
    else values.delete(field);
  }
}

import { isKeptAnnotation, type Owner, type Pod } from '../model/pod.ts';
import { fieldOf } from './field-of.ts';

/** Set by the kubelet on the mirror of a static pod (kubernetes pkg/kubelet/types/pod_update.go). */
const CONFIG_HASH = 'kubernetes.io/config.hash';
/** What is longer is cut behind that: Loki takes label values of 2048 bytes, so that it is too long still. */
const MAX_ANNOTATION_LENGTH = 2049;
/** More than anybody needs, so that no owner of a pod takes the memory of the agent. */
const MAX_ANNOTATIONS = 64;
const NONE: ReadonlySet<string> = new Set();

/**
 * What is kept of a pod as the API server sends it, whole or as PartialObjectMetadata; null for what is no pod. Everything else of it,
 * managedFields above all, is garbage from here on. `asked`: annotations that are wanted by their names.
 */
export function podOf(object: unknown, asked: ReadonlySet<string> = NONE): Pod | null {
  const metadata = fieldOf(object, 'metadata');
  const uid = fieldOf(metadata, 'uid');
  const namespace = fieldOf(metadata, 'namespace');
  const name = fieldOf(metadata, 'name');
  if (!isName(uid) || !isName(namespace) || !isName(name)) return null;
  const annotations = textsOf(fieldOf(metadata, 'annotations'));
  const configHash = annotations[CONFIG_HASH];
  return {
    uid,
    namespace,
    name,
    labels: textsOf(fieldOf(metadata, 'labels')),
    annotations: keptOf(annotations, asked),
    controller: controllerOf(fieldOf(metadata, 'ownerReferences')),
    configHash: isName(configHash) ? configHash : null,
  };
}

/** The version of an object or a list; null when it has none. */
export function versionOf(object: unknown): string | null {
  const version = fieldOf(fieldOf(object, 'metadata'), 'resourceVersion');
  return isName(version) ? version : null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Names and texts of a mapping of labels or annotations; what is no text is left out. */
export function textsOf(object: unknown): Record<string, string> {
  const entries = Object.entries(object ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}

function keptOf(annotations: Readonly<Record<string, string>>, asked: ReadonlySet<string>): Record<string, string> {
  const kept = Object.entries(annotations).filter(([name]) => isKeptAnnotation(name, asked));
  return Object.fromEntries(kept.slice(0, MAX_ANNOTATIONS).map(([name, value]) => [name, value.slice(0, MAX_ANNOTATION_LENGTH)]));
}

function controllerOf(owners: unknown): Owner | null {
  if (!Array.isArray(owners)) return null;
  const controller: unknown = owners.find((owner) => fieldOf(owner, 'controller') === true);
  const kind = fieldOf(controller, 'kind');
  const name = fieldOf(controller, 'name');
  return isName(kind) && isName(name) ? { kind, name } : null;
}

import type { V1ObjectMeta, V1OwnerReference, V1Pod, V1PodList, V1Status, V1StatusDetails } from '@kubernetes/client-node';

/** An event of a watch (apimachinery pkg/apis/meta/v1/watch.go, WatchEvent). */
interface WireEvent {
  readonly type: string;
  readonly object: object;
}

/** Names of fields as the API has them. */
type ApiField = keyof (V1Pod & V1PodList & V1ObjectMeta & V1OwnerReference & V1Status & V1StatusDetails & WireEvent);

/** A field of whatever came over the wire; undefined when it is not there. */
export function fieldOf(object: unknown, key: ApiField): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

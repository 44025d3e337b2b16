import type { Pod } from '../../agent/model/pod.ts';

/** A pod of a Deployment, with what differs. */
export function podLike(differing: Partial<Pod> = {}): Pod {
  return {
    uid: 'u-1',
    namespace: 'shop',
    name: 'cart-7d4b9c-x2x4p',
    labels: { 'pod-template-hash': '7d4b9c' },
    annotations: {},
    controller: { kind: 'ReplicaSet', name: 'cart-7d4b9c' },
    configHash: null,
    ...differing,
  };
}

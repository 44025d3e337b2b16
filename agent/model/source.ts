/** Anything that writes a log which is followed over its rotations. */
export interface LogSource {
  /** Unique on a node, stable over restarts of the agent. */
  readonly id: string;
  /** Where the live file is. */
  readonly path: string;
}

/**
 * One container instance, as the kubelet's path names it:
 * `pods/<namespace>_<pod>_<uid>/<container>/<attempt>.log` (kubernetes pkg/kubelet/kuberuntime/helpers.go).
 */
export interface Source extends LogSource {
  /** `<namespace>_<pod>_<uid>/<container>/<attempt>`. */
  readonly id: string;
  readonly namespace: string;
  readonly pod: string;
  /** The pod's uid; for a static pod the hash of its manifest. */
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  /** From the name of the link in `containers/`; empty while no link is known. */
  readonly containerId: string;
  /** `<log_dir>/pods/.../<attempt>.log`. */
  readonly path: string;
}

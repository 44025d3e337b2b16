/**
 * One container instance, as the kubelet's path names it:
 * `pods/<namespace>_<pod>_<uid>/<container>/<attempt>.log` (kubernetes pkg/kubelet/kuberuntime/helpers.go).
 */
export interface Source {
  /** `<namespace>_<pod>_<uid>/<container>/<attempt>`; unique on a node, stable over restarts of the agent. */
  readonly id: string;
  readonly namespace: string;
  readonly pod: string;
  /** The pod's uid; for a static pod the hash of its manifest. */
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  /** From the name of the link in `containers/`; empty while no link is known. */
  readonly containerId: string;
  /** Where the live file is: `<log_dir>/pods/.../<attempt>.log`. */
  readonly path: string;
}

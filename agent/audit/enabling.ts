const POLICY_PATH = '/etc/kubernetes/audit-policy.yaml';
const LOG_DIRECTORY = '/var/log/kubernetes/audit';

/** Flags of kube-apiserver. Sizes are in MB; up to v1.35 nothing was ever deleted by default, and 10 GB may stay since. */
const FLAGS = [
  ['audit-policy-file', POLICY_PATH],
  ['audit-log-path', `${LOG_DIRECTORY}/audit.log`],
  ['audit-log-maxsize', '100'],
  ['audit-log-maxbackup', '10'],
  ['audit-log-maxage', '30'],
] as const;

/** For the manifest of a static pod. */
export const STATIC_POD: string = `# /etc/kubernetes/manifests/kube-apiserver.yaml on every control-plane node: merge this into it.
# The directory is mounted, not the file: rotation renames it. The API server reads the policy when it starts.
spec:
  containers:
    - name: kube-apiserver
      command:
${FLAGS.map(([flag, value]) => `        - --${flag}=${value}\n`).join('')}      volumeMounts:
        - name: audit-policy
          mountPath: ${POLICY_PATH}
          readOnly: true
        - name: audit-log
          mountPath: ${LOG_DIRECTORY}
  volumes:
    - name: audit-policy
      hostPath:
        path: ${POLICY_PATH}
        type: File
    - name: audit-log
      hostPath:
        path: ${LOG_DIRECTORY}
        type: DirectoryOrCreate
`;

/** For kubeadm, which writes that manifest. */
export const KUBEADM: string = `# kubeadm init --config, or kubeadm upgrade apply --config: merge this into your ClusterConfiguration.
# v1beta3 (kubeadm up to v1.30) has a mapping for extraArgs: audit-log-maxsize: "100".
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
${FLAGS.map(([name, value]) => `    - name: ${name}\n      value: ${JSON.stringify(value)}\n`).join('')}  extraVolumes:
    - name: audit-policy
      hostPath: ${POLICY_PATH}
      mountPath: ${POLICY_PATH}
      readOnly: true
      pathType: File
    - name: audit-log
      hostPath: ${LOG_DIRECTORY}
      mountPath: ${LOG_DIRECTORY}
      pathType: DirectoryOrCreate
`;

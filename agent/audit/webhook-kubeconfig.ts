import { dirname } from 'node:path';

/** Where an API server is to send its audit events, and how it shows who it is. Paths are those that the API server sees. */
export interface WebhookClient {
  readonly url: string;
  readonly caFile: string;
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | null;
  readonly tokenFile: string | null;
}

const PATH = '/etc/kubernetes/audit-webhook/kubeconfig.yaml';
/** The static pod of kubeadm has it already. */
const KUBEADM_PKI = '/etc/kubernetes/pki';

/**
 * Flags of kube-apiserver. Mode batch and its sizes are the defaults (apiserver: pkg/server/options/audit.go, v1.37), but a batch waits 30 s by
 * default, in memory alone. Without truncation a batch is as large as its events are.
 */
const FLAGS = [
  ['audit-webhook-config-file', PATH],
  ['audit-webhook-mode', 'batch'],
  ['audit-webhook-batch-max-wait', '5s'],
  ['audit-webhook-truncate-enabled', 'true'],
] as const;

/**
 * The file for `--audit-webhook-config-file`: a kubeconfig that names the receiver as its server (client-go: tools/clientcmd/api/v1/types.go).
 * The flags and mounts that it takes are comments below.
 */
export function webhookKubeconfig(client: WebhookClient): string {
  const { url, caFile, certificate, tokenFile } = client;
  const identity = [
    ...(certificate === null ? [] : [`client-certificate: ${quoted(certificate.certFile)}`, `client-key: ${quoted(certificate.keyFile)}`]),
    ...(tokenFile === null ? [] : [`tokenFile: ${quoted(tokenFile)}`]),
  ];
  return `apiVersion: v1
kind: Config
clusters:
  - name: logferry
    cluster:
      server: ${quoted(url)}
      certificate-authority: ${quoted(caFile)}
users:
  - name: kube-apiserver
    user: ${identity.length === 0 ? '{}' : identity.map((line) => `\n      ${line}`).join('')}
contexts:
  - name: logferry
    context:
      cluster: logferry
      user: kube-apiserver
current-context: logferry
${howToEnable(client)}`;
}

function howToEnable({ caFile, certificate, tokenFile }: WebhookClient): string {
  const files = [PATH, caFile, certificate?.certFile, certificate?.keyFile, tokenFile].filter((path) => typeof path === 'string');
  const directories = new Set(files.map((path) => dirname(path)));
  const mounts = [...directories].filter((path) => path !== KUBEADM_PKI && !path.startsWith(`${KUBEADM_PKI}/`));
  const text = `
Put this into ${PATH} on every control-plane node, readable by root alone, and merge what follows into
/etc/kubernetes/manifests/kube-apiserver.yaml. The API server reads the file when it starts, and sends what its audit policy records
(--audit-policy-file). It resolves names as its node does: a Service of the cluster is reached by its IP address.
Events that are not taken are sent again for about 80 s, and given up then: keep --audit-log-path beside it where none may be missing.
spec:
  containers:
    - name: kube-apiserver
      command:
${FLAGS.map(([flag, value]) => `        - --${flag}=${value}\n`).join('')}      volumeMounts:
${mounts.map((path, index) => `        - name: audit-webhook-${index}\n          mountPath: ${quoted(path)}\n          readOnly: true\n`).join('')}  volumes:
${mounts.map((path, index) => `    - name: audit-webhook-${index}\n      hostPath:\n        path: ${quoted(path)}\n        type: Directory\n`).join('')}`;
  return text
    .trimEnd()
    .replace(/^(?=.)/gm, '# ')
    .concat('\n');
}

/** A string of YAML, which JSON's are. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

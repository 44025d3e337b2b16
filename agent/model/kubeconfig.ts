/**
 * What the current context of a kubeconfig says of an API server and of who asks it (client-go tools/clientcmd/api/v1/types.go). Of a file and a
 * text for the same thing one is null; texts are PEM.
 */
export interface Kubeconfig {
  readonly server: string;
  readonly serverName: string | null;
  readonly insecureSkipVerify: boolean;
  readonly proxyUrl: string | null;
  readonly ca: FileOrText | null;
  /** Both or neither. */
  readonly cert: FileOrText | null;
  readonly key: FileOrText | null;
  readonly token: FileOrText | null;
}

/** A file is read again when it changes. */
export type FileOrText = { readonly file: string } | { readonly text: string };

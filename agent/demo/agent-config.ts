import type { LokiAddress } from './loki-read-back.ts';

export interface AgentConfigOptions {
  /** Label of all that this run ships, to tell it from everything else in a store. */
  readonly cluster: string;
  readonly logDir: string;
  readonly stateDir: string;
  readonly address: LokiAddress;
}

/** The configuration file of the demo's agent: what a cluster's would say, and every default as a cluster has it. */
export function agentConfig({ cluster, logDir, stateDir, address: { url, tenant } }: AgentConfigOptions): string {
  return `# Written by logferry demo.
cluster: ${JSON.stringify(cluster)}
node_name: demo-node
state_dir: ${JSON.stringify(stateDir)}
containers:
  log_dir: ${JSON.stringify(logDir)}
kubernetes:
  enabled: false
outputs:
  - name: loki
    type: loki
    url: ${JSON.stringify(`${url}/loki/api/v1/push`)}
${tenant === null ? '' : `    tenant: ${JSON.stringify(tenant)}\n`}server:
  listen: 127.0.0.1:0
log:
  level: warn
`;
}

import type { AuditAction } from './audit-action.ts';
import { auditCheck } from './audit-check.ts';
import { auditEstimate } from './audit-estimate.ts';
import { auditExplain } from './audit-explain.ts';
import { auditInit } from './audit-init.ts';
import { auditWebhookConfig } from './audit-webhook-config.ts';
import { type Command, EXIT_MISUSE, type Host, unknownName } from './command.ts';

const HELP = `Usage: logferry audit check POLICY [--strict] [--json | --sarif]
       logferry audit explain POLICY [--user U [--group G,...] --verb V (--resource R | --path P) [OPTIONS]]
       logferry audit estimate POLICY --from LOG [--json]
       logferry audit init [--dir DIRECTORY | --json]
       logferry audit webhook-config --url URL --ca-file F [--client-cert F --client-key F] [--token-file F] [--out FILE]

Tools for the audit policy of a kube-apiserver (audit.k8s.io/v1) and its webhook, which never talk to one.

  check      says what the API server would refuse or ignore, which rules and values have no effect, and by which rules
             Secrets, ConfigMaps, serviceaccounts/token or TokenReviews are recorded with their content, each with a
             request that shows it and the rule to put before
  explain    says which rule decides about a request, what is recorded, at which stages, and why earlier rules do not match;
             without a request, what each rule is for, with a request that comes to it
  estimate   says how many events and bytes a day the requests of an audit log would come to under a policy, by level and by
             rule, and what changes of it would save
  init       writes a policy to begin with, the flags and mounts of a kube-apiserver that enable it, and the same for kubeadm
  webhook-config   writes the kubeconfig for --audit-webhook-config-file, with which a kube-apiserver posts its events to logferry,
                   with the flags and mounts that it takes as comments below

Options of check:
  --strict        warnings fail as well
  --json          print {"ok", "findings"} as JSON
  --sarif         print SARIF 2.1.0, for code review

Options of explain:
  --user U        who makes the request, as authenticated: alice, system:serviceaccount:NAMESPACE:NAME
  --group G,...   all groups of the user; by default those that the API server gives, system:authenticated among them
  --verb V        get, list, watch, create, update, patch, delete, deletecollection; for --path get, post, ...
  --resource R    pods, pods/log, deployments.apps, deployments.apps/scale
  --namespace N   of the resource; by default none
  --name NAME     of the object; by default none, as for list, watch and create
  --path P        another URL, such as /healthz
  --json          print {"request", "rule", "level", "stages", "passed"} as JSON

Options of estimate:
  --from LOG      an audit log (JSON lines, .gz as well), or a directory with audit.log and what was rotated away from it
  --json          print the numbers as JSON

Options of init:
  --dir DIRECTORY   write audit-policy.yaml, kube-apiserver-audit.yaml and kubeadm-audit.yaml there, and nothing over a file that
                    is there; by default the policy is printed, with the others as comments below
  --json            print {"files"} as JSON: their texts by name

Options of webhook-config, whose paths are those that the API server sees:
  --url URL         https://HOST:PORT of the receiver, without a path
  --ca-file F       the certificate that the receiver's is signed by
  --client-cert F   the API server's own certificate, and its key; the receiver may ask for it
  --client-key F
  --token-file F    the bearer token that the receiver may ask for
  --out FILE        write to FILE, for root alone, and not over one that is there; by default it is printed

  --help          print this

Exit code: 0 fine, 1 the policy has errors (check), an API server would not take it, or a part of a log cannot be read, 2 wrong use, or a file that cannot be read.

Examples:
  logferry audit check audit-policy.yaml
  logferry audit check audit-policy.yaml --sarif > policy.sarif
  logferry audit explain audit-policy.yaml
  logferry audit explain audit-policy.yaml --user alice --verb create --resource pods --namespace shop
  logferry audit estimate audit-policy.yaml --from /var/log/kubernetes/audit
  logferry audit init > audit-policy.yaml
  logferry audit webhook-config --url https://10.0.0.1:9097 --ca-file /etc/kubernetes/pki/ca.crt \\
    --client-cert /etc/kubernetes/pki/apiserver-kubelet-client.crt --client-key /etc/kubernetes/pki/apiserver-kubelet-client.key
`;

const ACTIONS: Readonly<Record<string, AuditAction>> = {
  check: auditCheck,
  explain: auditExplain,
  estimate: auditEstimate,
  init: auditInit,
  'webhook-config': auditWebhookConfig,
};

/** `logferry audit`: what an audit policy does, before an API server runs with it. */
export const auditCommand: Command = {
  summary: 'check, explain, estimate or write a Kubernetes audit policy',
  help: HELP,
  run,
};

async function run([name, ...args]: readonly string[], host: Host): Promise<number> {
  const known = Object.keys(ACTIONS);
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    host.stderr.write(
      `logferry audit: ${name === undefined ? `say what to do: ${known.join(', ')}` : unknownName('action', name, known)}\n`,
    );
    host.stderr.write('See logferry audit --help.\n');
    return EXIT_MISUSE;
  }
  const outcome = await action.run(args, host);
  if (typeof outcome === 'number') return outcome;
  host.stderr.write(`logferry audit ${name}: ${outcome}\nSee logferry audit --help.\n`);
  return EXIT_MISUSE;
}

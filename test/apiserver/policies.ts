import { GOOD_POLICY } from '../../agent/audit/good-policy.ts';
import { THREE_RULES } from '../support/policy-file.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

/** Everything, whatever it holds: what `audit check` warns of. */
export const LEAKY: string = `${HEAD}rules:\n- level: RequestResponse\n`;

/** One rule for each condition that there is, with nothing behind them. */
const CONDITIONS = `${HEAD}omitStages: [RequestReceived]
rules:
- level: None
  users: [alice]
  verbs: [list]
  resources: [{ group: "", resources: ["pods/*"] }]
- level: Request
  resources: [{ group: "", resources: ["*/status"] }]
- level: RequestResponse
  resources: [{ group: "", resources: [configmaps], resourceNames: [settings] }]
- level: Metadata
  resources: [{ group: "", resources: [secrets, pods], resourceNames: [till, web-9] }]
- level: None
  namespaces: [""]
  resources: [{ group: "", resources: [secrets] }, { group: "", resources: [pods/log, nodes] }]
- level: Request
  userGroups: [devs]
  omitStages: [ResponseComplete]
- level: Metadata
  userGroups: ["system:serviceaccounts:shop"]
  verbs: [get]
- level: None
  userGroups: ["system:unauthenticated"]
  nonResourceURLs: ["/healthz*"]
- level: Request
  namespaces: [shop]
  verbs: [create, delete]
- level: Metadata
  nonResourceURLs: ["/api*", "/version", "/healthz/*", "/debug/*"]
- level: RequestResponse
  resources: [{ group: apps }]
- level: Metadata
  namespaces: ["", kube-node-lease]
`;

/** What wildcards and left out stages come to. */
const STAGES = `${HEAD}omitStages: [Panic]
rules:
- level: Metadata
  verbs: [watch]
  omitStages: [ResponseStarted]
- level: RequestResponse
  resources: [{ group: "", resources: ["pods/exec", "pods/log"] }]
  omitStages: [ResponseComplete]
- level: Metadata
  users: ["system:anonymous"]
  omitStages: [RequestReceived, ResponseStarted, ResponseComplete]
- level: Request
  resources: [{ group: "*", resources: ["deployments", "deployments/scale"] }]
- level: None
  userGroups: ["system:authenticated"]
  resources: [{ group: "*", resources: ["*"], resourceNames: [web-0] }]
- level: Metadata
  verbs: [get]
  nonResourceURLs: ["*"]
- level: None
  verbs: [list]
  resources: [{ group: "*", resources: ["pods"] }]
  namespaces: [shop]
- level: RequestResponse
  resources: [{ group: rbac.authorization.k8s.io, resources: ["*"] }]
  omitStages: [RequestReceived]
`;

/** Policies that together use all that a policy can say, by what they are. */
export const POLICIES: Readonly<Record<string, string>> = {
  'three rules': THREE_RULES,
  'the policy of audit init': GOOD_POLICY,
  'a leaky policy': LEAKY,
  'every condition': CONDITIONS,
  'wildcards and stages': STAGES,
};

/**
 * A policy to begin with: who did what is always known, credentials never are in the log, and what machines watch all day is left out.
 * `audit check --strict` has nothing against it.
 */
export const GOOD_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
# One event a request instead of two. ResponseStarted stays: failed authentication is recorded there alone.
omitStages: ["RequestReceived"]
omitManagedFields: true
rules:
  # The first rule that matches decides, so what holds credentials comes first: never more than Metadata.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: authentication.k8s.io
        resources: ["tokenreviews"]

  # Noise: what the cluster asks itself all day. None hides denials too, so that each of these names who and what.
  - level: None
    users: ["system:kube-proxy"]
    verbs: ["watch"]
    resources:
      - group: ""
        resources: ["nodes", "services", "endpoints"]
      - group: discovery.k8s.io
        resources: ["endpointslices"]
  - level: None
    users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
    verbs: ["watch"]
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["watch"]
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["get", "update", "patch"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]
      - group: ""
        resources: ["nodes/status", "pods/status"]
  - level: None
    users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]
    verbs: ["get", "update"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]
  - level: None
    verbs: ["get"]
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi/*"]
  - level: None
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
        resources: ["events"]

  # Who gave whom which rights: with what was asked for and what came of it.
  - level: RequestResponse
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: rbac.authorization.k8s.io
        resources: ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]

  # What was run where. Values of env are in it: keep passwords in Secrets.
  - level: Request
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: ""
        resources: ["pods"]

  # Everything else: who, what, when and the outcome. Without this rule it would not be recorded at all.
  - level: Metadata
`;

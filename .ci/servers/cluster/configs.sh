# shellcheck shell=bash
# Configuration files of the components, below the directory of the cluster.
# shellcheck source=../private-node.sh
source "$recipe/../private-node.sh"

write_configs() {
  write_containerd_config >"$cluster_dir/containerd.toml"
  write_network_config >"$cluster_dir/cni/10-bridge.conflist"
  write_audit_policy >"$cluster_dir/audit-policy.yaml"
  write_kubelet_config >"$cluster_dir/kubelet.yaml"
  write_proxy_config >"$cluster_dir/kube-proxy.yaml"
}

write_containerd_config() {
  containerd_config
  cat <<TOML
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$cluster_dir/cni"
TOML
}

write_network_config() {
  cat <<JSON
{ "cniVersion": "0.4.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
    "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$pod_network" }]], "routes": [{ "dst": "0.0.0.0/0" }] } }] }
JSON
}

# Whom a service account asked for what: the tests hold the agent's role against it.
write_audit_policy() {
  cat <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - { level: Metadata, userGroups: ["system:serviceaccounts:logferry"] }
  - { level: None }
YAML
}

write_kubelet_config() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd.sock
staticPodPath: $cluster_dir/static-pods
fileCheckFrequency: 1s
# Rotated as often as a kubelet can be told to: whatever is larger than this at one of its looks, 3 s apart.
containerLogMaxSize: 100Ki
containerLogMaxFiles: 5
containerLogMonitorInterval: 3s
syncFrequency: 10s
crashLoopBackOff: { maxContainerRestartPeriod: 2s }
authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: $pki/ca.crt } }
authorization: { mode: Webhook }
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
failSwapOn: false
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
enforceNodeAllocatable: []
resolvConf: ""
maxOpenFiles: $(ulimit -Hn)
oomScoreAdj: $(</proc/self/oom_score_adj)
evictionHard: { memory.available: 1Mi }
imageGCHighThresholdPercent: 100   # there is no registry to get an image back from
volumePluginDir: /var/lib/kubelet/plugins
YAML
}

write_proxy_config() {
  cat <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: { kubeconfig: $cluster_dir/kube-proxy.kubeconfig }
clusterCIDR: $pod_network
hostnameOverride: $node_name
# The machine's own limits stay as they are.
conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
iptables: { localhostNodePorts: false }
YAML
}

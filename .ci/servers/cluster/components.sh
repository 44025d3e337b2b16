# shellcheck shell=bash
# What runs on the node of .ci/with-cluster. Each component is started again when it ends, as on a node.
# shellcheck source=configs.sh
source "$recipe/configs.sh"

start_components() {
  write_configs
  supervise etcd "$LOGFERRY_CLUSTER/etcd" --name node --data-dir "$cluster_dir/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster node=http://127.0.0.1:2380
  supervise containerd containerd --config "$cluster_dir/containerd.toml"
  start_api_server
  import_images
  until_true 'API server' curl --silent --fail --output /dev/null --cacert "$pki/ca.crt" "https://$node_address:6443/readyz"
  start_controllers
  supervise kube-proxy "$LOGFERRY_CLUSTER/kube-proxy" --config="$cluster_dir/kube-proxy.yaml"
  supervise kubelet "$LOGFERRY_KUBELET" --config="$cluster_dir/kubelet.yaml" --kubeconfig="$cluster_dir/kubelet.kubeconfig" \
    --hostname-override="$node_name" --node-ip="$node_address"
}

start_api_server() {
  supervise kube-apiserver "$LOGFERRY_CLUSTER/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
    --advertise-address="$node_address" --service-cluster-ip-range="$service_prefix.0/24" --allow-privileged=true \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --etcd-compaction-interval=0 \
    --audit-policy-file="$cluster_dir/audit-policy.yaml" --audit-log-path="$cluster_dir/log/audit" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/service-accounts.key" \
    --service-account-signing-key-file="$pki/service-accounts.key"
}

start_controllers() {
  local name
  for name in kube-controller-manager kube-scheduler; do
    local arguments=(--bind-address=127.0.0.1 --leader-elect=false)
    local option
    for option in kubeconfig authentication-kubeconfig authorization-kubeconfig; do
      arguments+=("--$option=$cluster_dir/$name.kubeconfig")
    done
    if [[ $name == kube-controller-manager ]]; then
      arguments+=(--root-ca-file="$pki/ca.crt" --service-account-private-key-file="$pki/service-accounts.key"
        --use-service-account-credentials=true)
    fi
    supervise "$name" "$LOGFERRY_CLUSTER/$name" "${arguments[@]}"
  done
}

# supervise NAME COMMAND...: in the background, and again when it ends, unless the file hold/NAME says otherwise.
supervise() {
  local name=$1
  shift
  {
    while true; do
      if [[ -e $cluster_dir/hold/$name ]]; then
        sleep 0.1
        continue
      fi
      "$@" >>"$cluster_dir/log/$name" 2>&1 </dev/null &
      echo $! >"$cluster_dir/pid/$name"
      wait $! || true
      sleep 0.3
    done
  } </dev/null >/dev/null 2>&1 &
}

import_images() {
  local archive
  until_true containerd containers version
  for archive in $LOGFERRY_CLUSTER_IMAGES; do containers images import "$archive" >/dev/null; done
}

containers() {
  ctr --address /run/containerd.sock --namespace k8s.io "$@"
}

wait_for_node() {
  local kubectl=("$LOGFERRY_CLUSTER/kubectl" --kubeconfig "$cluster_dir/admin.kubeconfig")
  until_true kubelet "${kubectl[@]}" get node "$node_name"
  "${kubectl[@]}" wait --for=condition=Ready "node/$node_name" --timeout=60s >/dev/null || give_up kubelet
  until_true kube-controller-manager "${kubectl[@]}" get serviceaccount default
}

# until_true COMPONENT COMMAND...: until the command succeeds, for a minute at most.
until_true() {
  local component=$1
  shift
  for _ in {1..600}; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  give_up "$component"
}

give_up() {
  echo "with-cluster: $1 did not come up; its last words:" >&2
  tail -n 10 "$cluster_dir/log/${1/API server/kube-apiserver}" >&2
  exit 70
}

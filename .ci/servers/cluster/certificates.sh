# shellcheck shell=bash
# Who is who in the cluster of .ci/with-cluster, as kubeadm arranges it: one authority, and a client certificate for each component.

make_certificates() {
  pki=$cluster_dir/pki
  make_authority
  issue apiserver /CN=kube-apiserver \
    "IP:127.0.0.1,IP:$node_address,IP:$service_prefix.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  issue kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  issue kubelet "/O=system:nodes/CN=system:node:$node_name" "IP:$node_address,DNS:$node_name"
  issue admin /O=system:masters/CN=admin
  issue kube-controller-manager /CN=system:kube-controller-manager
  issue kube-scheduler /CN=system:kube-scheduler
  issue kube-proxy /CN=system:kube-proxy
  # An API server does not read the keys of service accounts as PKCS#8, which `genpkey` writes.
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/service-accounts.key"
}

make_authority() {
  make_key ca
  openssl req -x509 -key "$pki/ca.key" -days 30 -out "$pki/ca.crt" -subj /CN=cluster \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

make_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$pki/$1.key" 2>/dev/null
}

# issue NAME SUBJECT [ALTERNATIVE_NAMES]: key, certificate, and a kubeconfig that uses them.
issue() {
  local name=$1 subject=$2 names=${3:-} extensions=extendedKeyUsage=clientAuth,serverAuth
  if [[ -n $names ]]; then extensions+=$'\n'subjectAltName=$names; fi
  make_key "$name"
  openssl req -new -key "$pki/$name.key" -subj "$subject" |
    openssl x509 -req -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 30 -extfile <(echo "$extensions") \
      -out "$pki/$name.crt" 2>/dev/null
  cat >"$cluster_dir/$name.kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{ name: cluster, cluster: { server: "https://$node_address:6443", certificate-authority: "$pki/ca.crt" } }]
users: [{ name: me, user: { client-certificate: "$pki/$name.crt", client-key: "$pki/$name.key" } }]
contexts: [{ name: cluster, context: { cluster: cluster, user: me } }]
current-context: cluster
YAML
}

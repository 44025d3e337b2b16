import assert from 'node:assert';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEffective } from '../../agent/config/effective.ts';
import { parseConfig } from '../../agent/config/load.ts';
import type { Config } from '../../agent/config/schema.ts';

function configOf(text: string): Config {
  const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'host-1' });
  assert(loaded.ok);
  return loaded.config;
}

describe(formatEffective, () => {
  it('prints every key with its value, and masks what may be secret', () => {
    const text = `
cluster: prod-eu
outputs:
  - name: main
    type: loki
    url: http://loki/loki/api/v1/push?token=s3cret
    headers: {X-Key: s3cret}
    basic_auth: {username: me, password_file: /run/password}
`;
    expect(formatEffective(configOf(text))).toBe(`node_name: host-1
cluster: prod-eu
state_dir: /var/lib/logferry
containers:
  log_dir: /var/log
  allowed_roots:
    - /var/log/pods
    - /var/lib/docker/containers
  scan_interval_seconds: 10
  watch: true
  poll_min_seconds: 0.25
  poll_max_seconds: 2
  rotate_grace_seconds: 1
  part_idle_seconds: 10
  max_line_bytes: 262144
  start: oldest
  clock_hold_seconds: 7200
  include: []
  exclude: []
kubernetes:
  enabled: true
  metadata_wait_seconds: 10
  spread_seconds: 5
  tombstone_seconds: 600
  max_tombstones: 1000
  namespace_keep_seconds: 3600
  annotations:
    logferry: true
    fluent_bit: true
    vector: true
    elastic: true
    grafana: true
    opentelemetry: true
    tenant: false
audit:
  tenant: audit
  secret_resources: []
  service_name: kube-apiserver
  start: oldest
  memory_bytes: 16777216
  alert:
    denied_requests: 10
    denied_seconds: 60
labels:
  preset: standard
  static: {}
  metadata:
    - pod
  max_values: 1000
  max_namespace_values: 200
  from_pod_labels: {}
  from_pod_annotations: {}
  from_namespace_labels: {}
  metadata_from_pod_labels: {}
  metadata_from_pod_annotations: {}
  metadata_from_namespace_labels: {}
stages: []
routes: []
tenants:
  allowed: []
  max_per_node: 32
  limits: []
outputs:
  - name: main
    type: loki
    url: http://loki/loki/api/v1/push?<hidden>
    format: protobuf
    compression: snappy
    logs:
      - containers
      - audit
    headers:
      X-Key: <hidden>
    basic_auth:
      username: me
      password_file: /run/password
    tls:
      insecure_skip_verify: false
    timeout_seconds: 30
    batch_bytes: 1048576
    batch_wait_seconds: 1
    max_in_flight: 4
    backoff:
      min_seconds: 0.5
      max_seconds: 30
    required: true
    accepts:
      max_age_seconds: 604800
      max_future_seconds: 600
      max_line_bytes: 262144
      out_of_order_seconds: 3600
      stream_rate_bytes: 3145728
      stream_burst_bytes: 15728640
delivery:
  confirm: push
kubelet: {}
import: {}
limits:
  memory_bytes: 33554432
  drain_seconds: 15
  deleted_bytes: 1073741824
  open_files: 16384
  dead_letter_bytes: 67108864
  rules: []
checkpoint:
  interval_seconds: 1
lint:
  interval_seconds: 0
  sample_bytes: 65536
server:
  listen: 0.0.0.0:9095
reload:
  interval_seconds: 10
  check_seconds: 60
  sample_bytes: 1048576
log:
  level: info
`);
  });

  it('is a configuration again, with the same meaning', () => {
    const cluster = fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }).filter((text) => !text.includes('${'));
    fc.assert(
      fc.property(cluster, (name) => {
        const config = configOf(JSON.stringify({ cluster: name, outputs: [{ name: 'a', type: 'loki', url: 'http://loki/p' }] }));
        expect(configOf(formatEffective(config))).toEqual(config);
      }),
    );
  });
});

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../agent/config/load.ts';
import { formatProblem } from '../../agent/config/problem.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';
import { asNobody } from '../support/as-nobody.ts';

const auditTo = (first: string, second: string): string =>
  `kubernetes: {enabled: false}\naudit: {log_path: /a.log, tenant: ops}\noutputs:\n- {name: a, type: loki, url: 'https://loki/p', ${first}}\n- {name: b, type: loki, ${second}}\n`;

describe(parseConfig, () => {
  it('fills in every default', () => {
    const loaded = parseConfig('f.yaml', 'outputs:\n  - name: main\n    type: loki\n    url: http://loki/push\n', {
      env: {},
      hostname: 'host-1',
    });
    expect(loaded).toEqual({
      ok: true,
      config: {
        node_name: 'host-1',
        state_dir: '/var/lib/logferry',
        containers: {
          log_dir: '/var/log',
          allowed_roots: ['/var/log/pods', '/var/lib/docker/containers'],
          scan_interval_seconds: 10,
          watch: true,
          poll_min_seconds: 0.25,
          poll_max_seconds: 2,
          rotate_grace_seconds: 1,
          part_idle_seconds: 10,
          max_line_bytes: 262144,
          start: 'oldest',
          clock_hold_seconds: 7200,
          include: [],
          exclude: [],
        },
        kubernetes: {
          enabled: true,
          metadata_wait_seconds: 10,
          spread_seconds: 5,
          tombstone_seconds: 600,
          max_tombstones: 1000,
          namespace_keep_seconds: 3600,
          annotations: { logferry: true, fluent_bit: true, vector: true, elastic: true, grafana: true, opentelemetry: true, tenant: false },
        },
        audit: {
          tenant: 'audit',
          secret_resources: [],
          service_name: 'kube-apiserver',
          start: 'oldest',
          memory_bytes: 16777216,
          alert: { denied_requests: 10, denied_seconds: 60 },
        },
        labels: {
          preset: 'standard',
          static: {},
          metadata: ['pod'],
          max_values: 1000,
          max_namespace_values: 200,
          from_pod_labels: {},
          from_pod_annotations: {},
          metadata_from_pod_labels: {},
          metadata_from_pod_annotations: {},
          from_namespace_labels: {},
          metadata_from_namespace_labels: {},
        },
        stages: [],
        routes: [],
        tenants: { allowed: [], max_per_node: 32, limits: [] },
        outputs: [
          {
            name: 'main',
            type: 'loki',
            url: 'http://loki/push',
            format: 'protobuf',
            compression: 'snappy',
            logs: ['containers', 'audit'],
            headers: {},
            tls: { insecure_skip_verify: false },
            timeout_seconds: 30,
            batch_bytes: 1048576,
            batch_wait_seconds: 1,
            max_in_flight: 4,
            backoff: { min_seconds: 0.5, max_seconds: 30 },
            required: true,
            accepts: {
              max_age_seconds: 604800,
              max_future_seconds: 600,
              max_line_bytes: 262144,
              out_of_order_seconds: 3600,
              stream_rate_bytes: 3145728,
              stream_burst_bytes: 15728640,
            },
          },
        ],
        delivery: { confirm: 'push' },
        kubelet: {},
        import: {},
        limits: {
          memory_bytes: 33554432,
          drain_seconds: 15,
          deleted_bytes: 1073741824,
          open_files: 16384,
          dead_letter_bytes: 67108864,
          rules: [],
        },
        checkpoint: { interval_seconds: 1 },
        lint: { interval_seconds: 0, sample_bytes: 65_536 },
        server: { listen: '0.0.0.0:9095' },
        reload: { interval_seconds: 10, check_seconds: 60, sample_bytes: 1_048_576 },
        log: { level: 'info' },
      },
      warnings: [],
    });
  });

  it.each(['otel', 'minimal'])('warns of preset %s, whose streams have many writers', (preset) => {
    const loaded = parseConfig(
      'f.yaml',
      `outputs: [{name: a, type: loki, url: "https://loki/a"}]\nlabels: {preset: ${preset}}\nkubernetes: {enabled: false}\n`,
      {
        env: {},
        hostname: 'host-1',
      },
    );
    expect(loaded.ok && loaded.warnings.map(formatProblem)).toEqual([
      'f.yaml:2:18 labels.preset: several nodes write to one stream: Loki refuses what is an hour behind the newest entry of any of them; standard does not',
    ]);
  });

  it('keeps what is written', () => {
    const text = `
cluster: prod-eu
node_name: \${NODE_NAME}
state_dir: /data
containers: {log_dir: /logs, allowed_roots: [/logs/pods], watch: false, poll_min_seconds: 0.5, max_line_bytes: 1024}
kubernetes: {enabled: false}
labels: {static: {zone: "1"}, metadata: [pod_uid, pod]}
outputs:
  - {name: a, type: loki, url: "http://loki/a", tenant: team-a, bearer_token_file: /token, headers: {X-Zone: a}}
  - {name: b, type: loki, url: "https://loki/b", format: json, tls: {ca_file: /ca}, basic_auth: {username: u, password_file: /p}}
  - {name: c, type: loki, url: "https://loki/c", compression: none}
`;
    const loaded = parseConfig('f.yaml', text, { env: { NODE_NAME: 'node-1' }, hostname: 'host-1' });
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        cluster: 'prod-eu',
        node_name: 'node-1',
        state_dir: '/data',
        containers: { log_dir: '/logs', allowed_roots: ['/logs/pods'], watch: false, poll_min_seconds: 0.5, max_line_bytes: 1024 },
        kubernetes: { enabled: false },
        labels: { static: { zone: '1' }, metadata: ['pod_uid', 'pod'] },
        outputs: [
          { compression: 'snappy', tenant: 'team-a', bearer_token_file: '/token', headers: { 'X-Zone': 'a' } },
          { compression: 'gzip', tls: { ca_file: '/ca' }, basic_auth: { username: 'u', password_file: '/p' } },
          { compression: 'none' },
        ],
      },
    });
    expect(loaded.ok && loaded.warnings.map(formatProblem)).toEqual([
      'f.yaml:9:32 outputs[0].url: credentials are sent unencrypted, write https',
    ]);
  });

  it('takes the roots of the default from log_dir', () => {
    const loaded = parseConfig('f.yaml', `${OUTPUTS}\ncontainers: {log_dir: /logs/}`, { env: {}, hostname: 'h' });
    expect(loaded.ok && loaded.config.containers.allowed_roots).toEqual(['/logs/pods', '/var/lib/docker/containers']);
  });

  it('warns of certificates that are not checked', () => {
    const text =
      'kubernetes: {enabled: false}\noutputs:\n- name: a\n  type: loki\n  url: https://loki/p\n  tls:\n    insecure_skip_verify: true\n';
    const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'h' });
    expect(loaded.ok && loaded.warnings.map(formatProblem)).toEqual([
      'f.yaml:7:27 outputs[0].tls.insecure_skip_verify: anyone can pose as the store, write ca_file instead',
    ]);
  });

  it.each([
    ['of the same output', auditTo('tenant: ops', "url: 'https://loki/q', logs: [containers]"), ['a']],
    ['of another output to the same store', auditTo('logs: [audit]', "url: 'https://loki/p', logs: [containers], tenant: ops"), ['a']],
    ['of a store without audit events', auditTo('logs: [audit]', "url: 'https://loki/q', logs: [containers], tenant: ops"), []],
    ['with another tenant', auditTo('tenant: apps', "url: 'https://loki/q'"), []],
    ['without an audit log', auditTo('tenant: ops', "url: 'https://loki/q'").replace('log_path: /a.log, ', ''), []],
  ])('warns of audit events that go as the tenant of container logs: %s', (_, text, names) => {
    const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'h' });
    expect(loaded.ok && loaded.warnings.map(formatProblem)).toEqual(
      names.map(
        (name) =>
          `f.yaml:2:35 audit.tenant: container logs go to the store of output ${name} as ops too: whoever reads them reads audit events, and both are kept as long; write a tenant that nothing else has`,
      ),
    );
  });

  it('reports every problem at once, in file order', () => {
    const text = `
nodename: x
cluster: \${CLUSTER}
containers:
  poll_min_seconds: 9
  max_line_bytes: 12.5
outputs:
  - name: loki
    type: loki
    timeout: 3
  - name: loki
    type: loki
    url: http://loki/p
  - type: elastic
limits: none
`;
    expect(problemsOf(text)).toEqual([
      'f.yaml:2:1 nodename: unknown key, did you mean node_name?',
      'f.yaml:3:10 cluster: the environment variable CLUSTER is not set, set it or write ${CLUSTER:-default}',
      'f.yaml:4:1 containers.poll_max_seconds: 2 is less than poll_min_seconds (9), write a number that is not below it',
      'f.yaml:6:19 containers.max_line_bytes: found the number 12.5, want a whole number',
      'f.yaml:6:19 containers.max_line_bytes: the number 12.5 is too small, write at least 1024',
      'f.yaml:8:5 outputs[0].url: missing, add it: Where to push, with the full path: http://loki:3100/loki/api/v1/push',
      'f.yaml:10:5 outputs[0].timeout: unknown key, did you mean timeout_seconds?',
      'f.yaml:11:11 outputs[1].name: loki is the name of outputs[0] too, write another',
      'f.yaml:14:11 outputs[2].type: found the text "elastic", want loki',
      'f.yaml:15:9 limits: found the text "none", want a mapping of keys to values',
    ]);
  });
});

describe(loadConfig, () => {
  let directory: string;
  const surroundings = { env: {}, hostname: 'h' };
  const problemsIn = async (file: string): Promise<string[]> => {
    const loaded = await loadConfig(file, surroundings);
    return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem(problem).replace(`${directory}/`, ''));
  };
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    await writeFile(join(directory, name), content);
    return join(directory, name);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'logferry-config-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('reads a file, with or without a byte order mark', async () => {
    for (const mark of ['', '\uFEFF']) {
      const loaded = await loadConfig(await write('good.yaml', `${mark}cluster: c\n${OUTPUTS}`), surroundings);
      expect(loaded.ok && loaded.config.cluster).toBe('c');
    }
  });

  it('names the file when it can not be read', async () => {
    await write('file', '');
    expect(await problemsIn(join(directory, 'none.yaml'))).toEqual(['none.yaml: can not be read: there is no such file, check the path']);
    expect(await problemsIn(join(directory, 'file/x'))).toEqual([
      'file/x: can not be read: a part of the path is not a directory, check the path',
    ]);
    expect(await problemsIn(`${directory}/.`)).toEqual(['.: can not be read: it is a directory, name a file']);
  });

  it('says so when it may not read the file', async () => {
    const file = await write('secret.yaml', OUTPUTS);
    await chmod(directory, 0o755);
    await chmod(file, 0);
    expect(await asNobody(() => problemsIn(file))).toEqual([
      'secret.yaml: can not be read: permission denied, check the mode and owner of the file and its directories',
    ]);
  });

  it('refuses bytes that are not UTF-8, and says in which line', async () => {
    const file = await write('latin1.yaml', Buffer.from('a: b\nc: ü\nd: \xff\n', 'latin1'));
    expect(await problemsIn(file)).toEqual(['latin1.yaml:2:1: holds bytes that are not UTF-8, save the file as UTF-8']);
    const wide = await write('utf16.yaml', Buffer.from(`\uFEFF${OUTPUTS}`, 'utf16le'));
    expect(await problemsIn(wide)).toEqual(['utf16.yaml:1:1: holds bytes that are not UTF-8, save the file as UTF-8']);
  });

  it('refuses a file that never ends', async () => {
    expect(await problemsIn('/dev/zero')).toEqual(['/dev/zero: larger than 1048576 bytes, write less']);
  });
});

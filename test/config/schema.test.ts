import { describe, expect, it } from 'vitest';
import { OUTPUTS, problemsOf } from './problems-of.ts';

/** Problems of one more top-level line; it is line 2 of the file. */
function withLine(line: string): string[] {
  return problemsOf(`${OUTPUTS}\n${line}\n`).map((problem) => problem.replace('f.yaml:2:', ''));
}

/** Problems of an output that has these keys beside the required ones; they are in line 1. */
function withOutput(keys: string): string[] {
  return problemsOf(`outputs: [{${keys}, name: a, type: loki, url: "https://loki/p"}]`).map((problem) =>
    problem.replace('f.yaml:1:', '').replace('outputs[0].', ''),
  );
}

const LABELS = (count: number): string => Array.from({ length: count }, (_, index) => `l${index}: x`).join(', ');

describe('keys at the top', () => {
  it.each([
    ['cluster: 5', ['10 cluster: found the number 5, want text: put quotes around it']],
    ['cluster: ""', ['10 cluster: empty text, write at least one character']],
    ['cluster:', ['1 cluster: found nothing, want text']],
    [`cluster: ${'ä'.repeat(1025)}`, ['10 cluster: 2050 bytes are too long for a label value, write at most 2048 bytes']],
    ['state_dir: data', ['12 state_dir: not an absolute path, write one that begins with /']],
    ['kubernetes: true', ['13 kubernetes: found true, want a mapping of keys to values']],
    ['kubernetes: {api_server: "https://10.96.0.1:443"}', []],
    [
      'kubernetes: {api_server: "10.96.0.1:443"}',
      ['26 kubernetes.api_server: not the address of an API server, write one like https://10.96.0.1:443'],
    ],
    [
      'kubernetes: {api_server: "https://u:p@api/x"}',
      ['26 kubernetes.api_server: not the address of an API server, write one like https://10.96.0.1:443'],
    ],
    ['kubernetes: {token_file: token}', ['26 kubernetes.token_file: not an absolute path, write one that begins with /']],
    ['kubernetes: {enabled: "no"}', ['23 kubernetes.enabled: found the text "no", want true or false']],
    ['log: {level: inf}', ['14 log.level: found the text "inf", want one of trace, debug, info, warn, error, fatal; did you mean info?']],
    [
      'limits: {memory_bytes: 4194304}\ncontainers: {max_line_bytes: 1048576}',
      ['24 limits.memory_bytes: too little for the batches of 1 output(s), write at least 4194308, or less for batch_bytes'],
    ],
    ['limits: {memory_bytes: 4096}', ['24 limits.memory_bytes: the number 4096 is too small, write at least 4194304']],
    ['limits: {drain_seconds: -1}', ['25 limits.drain_seconds: the number -1 is too small, write at least 0']],
    ['checkpoint: {interval_seconds: 1e9}', ['32 checkpoint.interval_seconds: the number 1000000000 is too large, write at most 86400']],
    ['checkpoint: {interval_seconds: .inf}', ['32 checkpoint.interval_seconds: found the number Infinity, want a number']],
    ['server: {listen: "9095"}', ['18 server.listen: not an address to listen on, write host:port, [IPv6 address]:port or :port']],
    ['server: {listen: ":0"}', []],
    ['server: {lisen: ":0"}', ['10 server.lisen: unknown key, did you mean listen?']],
    ['server: {colour: red}', ['10 server.colour: unknown key, remove it; known here: listen']],
  ])('%s', (line, problems) => {
    expect(withLine(line)).toEqual(problems);
  });
});

describe('containers', () => {
  it.each([
    ['{log_dir: logs}', ['23 containers.log_dir: not an absolute path, write one that begins with /']],
    ['{allowed_roots: [/a, b]}', ['34 containers.allowed_roots[1]: not an absolute path, write one that begins with /']],
    ['{allowed_roots: /a}', ['29 containers.allowed_roots: found the text "/a", want a list']],
    ['{watch: maybe}', ['21 containers.watch: found the text "maybe", want true or false']],
    ['{max_line_bytes: 2000000}', ['30 containers.max_line_bytes: the number 2000000 is too large, write at most 1048576']],
    [
      '{poll_max_seconds: 0.1}',
      ['32 containers.poll_max_seconds: 0.1 is less than poll_min_seconds (0.25), write a number that is not below it'],
    ],
    ['{poll_min_seconds: 2}', []],
    ['{scan_interval: 5}', ['14 containers.scan_interval: unknown key, did you mean scan_interval_seconds?']],
  ])('%s', (written, problems) => {
    expect(withLine(`containers: ${written}`)).toEqual(problems);
  });
});

describe('labels', () => {
  it.each([
    ['{preset: other}', ['18 labels.preset: found the text "other", want one of standard, promtail, otel, minimal']],
    ['{preset: promtail}', []],
    ['{static: {k8s_job_name: x}}', ['19 labels.static.k8s_job_name: a label of a preset that can not be overridden, write another name']],
    ['{static: {a-b: x}}', ['19 labels.static.a-b: not a label name, write letters, digits and _ only and no digit first, like a_b']],
    ['{static: {__a: x}}', ['19 labels.static.__a: label names that begin with __ are reserved by Loki, write another name']],
    ['{static: {app: x}}', ['19 labels.static.app: a label of a preset that can not be overridden, write another name']],
    ['{static: {cluster: x}}', ['19 labels.static.cluster: a label of the preset, set the key cluster at the top of the file instead']],
    ['{static: {zone: 1}}', ['25 labels.static.zone: found the number 1, want text: put quotes around it']],
    ['{static: {zone: ""}}', ['25 labels.static.zone: empty text, write at least one character']],
    ['{metadata: [pod, uid]}', ['26 labels.metadata[1]: found the text "uid", want one of pod, pod_uid, container_id, restart_count']],
    [
      '{from_pod_labels: {example.com/team: team}}',
      [
        '28 labels.from_pod_labels.example.com/team: not a label name, write letters, digits and _ only and no digit first, like example_com_team',
      ],
    ],
    [
      '{from_pod_labels: {namespace: ns}}',
      ['28 labels.from_pod_labels.namespace: a label of a preset that can not be overridden, write another name'],
    ],
    ['{from_pod_labels: {team: ""}}', ['34 labels.from_pod_labels.team: empty text, write at least one character']],
    [
      '{static: {team: x}, from_pod_annotations: {team: y}}',
      ['58 labels.from_pod_annotations.team: a name that static has too, write another name'],
    ],
    [
      '{from_pod_labels: {team: x}, metadata_from_pod_labels: {team: y}}',
      ['71 labels.metadata_from_pod_labels.team: a name that from_pod_labels has too, write another name'],
    ],
    [
      '{metadata_from_pod_annotations: {detected_level: x}}',
      ['42 labels.metadata_from_pod_annotations.detected_level: a name that logferry gives to metadata of its own, write another name'],
    ],
    ['{metadata: [pod, pod]}', ['26 labels.metadata[1]: listed twice, remove one']],
    ['{metadata: []}', []],
  ])('%s', (written, problems) => {
    expect(withLine(`labels: ${written}`)).toEqual(problems);
  });

  it('refuses names longer than Loki takes', () => {
    const [problem] = withLine(`labels: {static: {? ${'a'.repeat(1025)} : x}}`);
    expect(problem).toMatch(/: too long for a label name, write at most 1024 bytes$/);
  });

  it('takes as many labels as Loki does, which does not count service_name', () => {
    expect(withLine(`labels: {static: {${LABELS(6)}}}`)).toEqual([]);
    expect(withLine(`labels: {static: {${LABELS(7)}}}`)).toEqual([
      '18 labels.static: 16 label names with those of the preset, Loki takes 15: remove 1',
    ]);
    expect(problemsOf(`${OUTPUTS}\ncluster: c\nlabels: {static: {${LABELS(5)}}}`)).toEqual([]);
    expect(problemsOf(`${OUTPUTS}\ncluster: c\nlabels: {static: {${LABELS(6)}}}`)).toEqual([
      'f.yaml:3:18 labels.static: 16 label names with those of the preset, Loki takes 15: remove 1',
    ]);
    expect(withLine(`labels: {preset: otel, static: {${LABELS(12)}}}`)).toEqual([]);
    expect(withLine(`labels: {preset: otel, static: {${LABELS(13)}}}`)).toHaveLength(1);
  });
});

describe('an output', () => {
  it.each([
    ['tenant: a|b', ["20 tenant: not a tenant that Loki takes, write 1 to 150 letters, digits or !-_.*'() and not . or .. alone"]],
    ['tenant: ..', ["20 tenant: not a tenant that Loki takes, write 1 to 150 letters, digits or !-_.*'() and not . or .. alone"]],
    ["tenant: a.b!c-d_e*f'(g)", []],
    ['format: proto', ['20 format: found the text "proto", want one of protobuf, json']],
    ['compression: gzip', ['25 compression: gzip does not go with format protobuf, write snappy or none']],
    ['format: json, compression: snappy', ['39 compression: snappy does not go with format json, write gzip or none']],
    ['compression: zstd', ['25 compression: found the text "zstd", want one of snappy, gzip, none']],
    ['format: json, compression: none', []],
    ['headers: {X-A: 5}', ['27 headers.X-A: found a number, want text: put quotes around it']],
    ['headers: {"X A": b}', ["22 headers.X A: not a header name, write letters, digits and any of !#$%&'*+-.^_`|~ only"]],
    ['headers: {X-A: "b\\nc"}', ['27 headers.X-A: holds characters that no header may hold, write one line of Latin-1 text']],
    ['headers: {X-A: b, x-a: c}', ['35 headers.x-a: given twice (case does not matter), remove one']],
    [
      'headers: {Authorization: b}',
      ['22 headers.Authorization: a secret must not stand in the configuration, write basic_auth or bearer_token_file instead'],
    ],
    ['headers: {X-Scope-OrgID: b}', ['22 headers.X-Scope-OrgID: the tenant has a key of its own, write tenant instead']],
    ['headers: {content-type: b}', ['22 headers.content-type: it follows from the body, write format instead']],
    ['headers: {content-encoding: b}', ['22 headers.content-encoding: it follows from the body, write compression instead']],
    ['headers: {content-length: b}', ['22 headers.content-length: the HTTP client sets this header itself, remove it']],
    ['headers: {Host: b}', ['22 headers.Host: it follows from url, write the host there']],
    [
      'basic_auth: {username: a, password: b}',
      [
        '12 basic_auth.password_file: missing, add it: File that holds the password; read again when it changes.',
        '38 basic_auth.password: unknown key, did you mean password_file?',
      ],
    ],
    [
      'basic_auth: {username: "a:b", password_file: /p}',
      ['35 basic_auth.username: not a usable user name, write one that is not empty and holds no colon'],
    ],
    [
      'basic_auth: {username: a, password_file: /p}, bearer_token_file: /t',
      ['77 bearer_token_file: set beside basic_auth, keep one of the two'],
    ],
    ['tls: {cert_file: /c}', ['29 tls.cert_file: set without key_file, write both or neither']],
    ['tls: {key_file: /k}', ['28 tls.key_file: set without cert_file, write both or neither']],
    ['tls: {cert_file: /c, key_file: /k}', []],
    ['batch_bytes: 4194305', ['25 batch_bytes: the number 4194305 is too large, write at most 4194304']],
    ['max_in_flight: 0', ['27 max_in_flight: the number 0 is too small, write at least 1']],
    ['backoff: {max_seconds: 0.1}', ['35 backoff.max_seconds: 0.1 is less than min_seconds (0.5), write a number that is not below it']],
  ])('%s', (keys, problems) => {
    expect(withOutput(keys)).toEqual(problems);
  });

  it.each([
    ['loki:3100/push', 'not an http URL, write one like http://loki:3100/loki/api/v1/push'],
    ['ftp://loki/push', 'not an http URL, write one like http://loki:3100/loki/api/v1/push'],
    ['http://lo ki/push', 'not an http URL, write one like http://loki:3100/loki/api/v1/push'],
    ['http://loki:99999/push', 'not an http URL, write one like http://loki:3100/loki/api/v1/push'],
    ['http://u:s3cret@loki/push', 'a URL with credentials ends up in logs, write basic_auth with username and password_file instead'],
    ['http://loki:3100', 'has no path, write all of it: Loki takes pushes at /loki/api/v1/push'],
    ['http://loki/push#top', 'the part from # on is never sent, remove it'],
  ])('at %s', (url, message) => {
    expect(problemsOf(`outputs:\n- name: a\n  type: loki\n  url: "${url}"\n`)).toEqual([`f.yaml:4:8 outputs[0].url: ${message}`]);
  });

  it.each([
    ['outputs:', 'f.yaml:1:1 outputs: found nothing, want a list'],
    ['outputs: []', 'f.yaml:1:10 outputs: an empty list, write at least one output'],
    ['outputs: {}', 'f.yaml:1:10 outputs: found a mapping, want a list'],
    ['outputs: [5]', 'f.yaml:1:11 outputs[0]: found the number 5, want a mapping of keys to values'],
    ['outputs: [{name: a}]', 'f.yaml:1:11 outputs[0].type: missing, add it: loki'],
    [
      'outputs: [{name: A, type: loki, url: "http://l/p"}]',
      'f.yaml:1:18 outputs[0].name: not a usable name, write lower-case letters, digits and - only',
    ],
    ['cluster: c', 'f.yaml:1:1 outputs: missing, add it: Stores that entries are shipped to.'],
  ])('in %s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

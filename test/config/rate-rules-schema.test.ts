import { expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

test('rules of rates, with their defaults', () => {
  const text = `${OUTPUTS}
limits:
  rules:
    - {rate_bytes: 2048}
    - {logs: {namespace: shop-*}, per: namespace, rate_bytes: 4096, burst_bytes: 4096, over: drop, drop_below_seconds: 5}
`;
  const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'host-1' });
  expect(loaded.ok && loaded.config.limits.rules).toStrictEqual([
    { rate_bytes: 2048, per: 'container', over: 'pause', drop_below_seconds: 60 },
    {
      logs: { namespace: 'shop-*' },
      rate_bytes: 4096,
      burst_bytes: 4096,
      per: 'namespace',
      over: 'drop',
      drop_below_seconds: 5,
    },
  ]);
});

test('every problem of them is named, with its place', () => {
  const text = `${OUTPUTS}
kubernetes: {enabled: false}
limits:
  rules:
    - {per: pod, rate_bytes: 10}
    - {logs: {}, burst_bytes: 5000}
    - {logs: {pod_labels: {app: x}}, rate_bytes: 5000, over: droop}
    - {rate_bytes: 5000, burst_bytes: 4999, drop: true}
`;
  expect(problemsOf(text)).toEqual([
    'f.yaml:5:13 limits.rules[0].per: found the text "pod", want one of container, namespace',
    'f.yaml:5:30 limits.rules[0].rate_bytes: the number 10 is too small, write at least 1024',
    'f.yaml:6:7 limits.rules[1].rate_bytes: missing, add it: Bytes of log files a second that are sent in the long run.',
    'f.yaml:6:14 limits.rules[1].logs: matches every log, write namespace, pod, container, pod_labels or namespace_labels',
    'f.yaml:7:62 limits.rules[2].over: found the text "droop", want one of pause, drop; did you mean drop?',
    'f.yaml:8:39 limits.rules[3].burst_bytes: 4999 is less than rate_bytes (5000), write a number that is not below it',
    'f.yaml:8:45 limits.rules[3].drop: unknown key, did you mean drop_below_seconds?',
  ]);
});

test('labels of pods are a problem where no pod is asked for', () => {
  const text = `${OUTPUTS}
kubernetes: {enabled: false}
limits: {rules: [{logs: {namespace: a}, rate_bytes: 2048}, {logs: {pod_labels: {app: x}}, rate_bytes: 2048}]}
`;
  expect(problemsOf(text)).toEqual([
    'f.yaml:3:80 limits.rules[1].logs.pod_labels: labels are not known with kubernetes.enabled: false, remove the key',
  ]);
});

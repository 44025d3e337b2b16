import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { formatProblem } from '../../agent/config/problem.ts';
import { problemsOf } from './problems-of.ts';

const OUTPUTS = `outputs:
  - { name: loki, type: loki, url: "http://loki/loki/api/v1/push" }
  - { name: audit, type: loki, url: "http://loki/loki/api/v1/push", logs: [audit] }
`;

describe('routes', () => {
  test.each([
    [
      'an output that is none',
      '{ outputs: [lokki] }',
      'routes[0].outputs[0]: no output that takes logs of containers has this name, write one of loki',
    ],
    [
      'an output of audit events',
      '{ outputs: [loki, audit] }',
      'routes[0].outputs[1]: no output that takes logs of containers has this name, write one of loki',
    ],
    [
      'no output',
      '{ outputs: [] }',
      'routes[0].outputs: an empty list, name outputs; what shall go nowhere is left out by containers.exclude or by stages',
    ],
    ['nothing to do', '{ lines: "|= `x`" }', 'routes[0]: changes nothing, write outputs or tenant'],
    [
      'a rule of logs that names none',
      '{ logs: {}, tenant: team-a }',
      'routes[0].logs: matches every log, write namespace, pod, container, pod_labels or namespace_labels',
    ],
    ['lines that are no filter', "{ lines: 'error', tenant: team-a }", /^routes\[0\]\.lines: .*expected a line filter/],
    ['a pattern that is none', "{ lines: '|~ `(`', tenant: team-a }", /^routes\[0\]\.lines: /],
    ['a tenant that is not allowed', '{ tenant: other }', 'routes[0].tenant: other is none of tenants.allowed, add it there'],
    ['a tenant of what is none', '{ tenant: "{pod}" }', /^routes\[0\]\.tenant: \{pod\} is nothing that a tenant is made of, write /],
  ])('%s', (_, rule, problem) => {
    const problems = problemsOf(`${OUTPUTS}tenants: { allowed: ["team-*"] }\nroutes: [${rule}]\n`);
    expect(problems).toHaveLength(1);
    if (typeof problem === 'string') expect(problems[0]).toContain(problem);
    else expect(problems[0]!.replace(/^\S+ /, '')).toMatch(problem);
  });

  test('no tenant may be made while none is allowed', () => {
    const problems = problemsOf(`${OUTPUTS}routes: [{ tenant: "{namespace}" }]\n`);
    expect(problems.join()).toContain('routes[0].tenant: tenants.allowed names no tenant, list there which may be made');
  });
});

describe('tenants', () => {
  test('need memory, and it is said how much', () => {
    const text = `${OUTPUTS}tenants: { allowed: ["*"], max_per_node: 100 }\n`;
    const [problem] = problemsOf(text);
    expect(problem).toContain('too little for the batches of 1 output(s) for 100 tenants, write at least ');
    const least = /write at least (\d+)/.exec(problem!)![1];
    expect(problemsOf(`${text}limits: { memory_bytes: ${least} }\n`)).toStrictEqual([]);
    expect(problemsOf(`${OUTPUTS}tenants: { allowed: ["*"] }\n`)).toStrictEqual([]);
  });

  test.each([
    [
      'a stage of tenants while none is allowed',
      'stages: [{ tenant: { value: team-a } }]',
      ['stages[0].tenant: has no effect: tenants.allowed names no tenant'],
    ],
    [
      'one in a match',
      'stages: [{ match: { selector: \'{app="x"}\', stages: [{ tenant: { value: team-a } }] } }]',
      ['stages[0].match.stages[0].tenant: has no effect: tenants.allowed names no tenant'],
    ],
    ['one that is allowed', 'tenants: { allowed: ["team-*"] }\nstages: [{ tenant: { value: team-a } }]', []],
    [
      'the tenant of audit events',
      'tenants: { allowed: [team-a, "*"] }\naudit: { log_path: /a.log }',
      ['tenants.allowed[1]: container logs may go as audit then, among audit events; write tenants that it is none of'],
    ],
    ['others beside that of audit events', 'tenants: { allowed: ["team-*"] }\naudit: { log_path: /a.log }', []],
  ])('warns of %s', (_, text, warnings) => {
    const loaded = parseConfig('f.yaml', `${OUTPUTS}${text}\n`, { env: {}, hostname: 'host-1' });
    const said = loaded.ok ? loaded.warnings.map(formatProblem) : loaded.problems.map(formatProblem);
    expect(said.map((warning) => warning.replace(/^\S+ /, ''))).toStrictEqual(warnings);
  });
});

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { formatProblem } from '../../agent/config/problem.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

function load(stages: string): ReturnType<typeof parseConfig> {
  return parseConfig('f.yaml', `${OUTPUTS}\nstages:\n${stages}`, { env: {}, hostname: 'host-1' });
}

describe('stages that take values out of lines and put them somewhere', () => {
  it('are written as for Promtail: what is left empty is the name itself', () => {
    const loaded = load(`
  - cri:
  - docker: {}
  - json: { expressions: { level: , user: a.b, '"x.y"': '' } }
  - logfmt: { mapping: { app: }, source: level }
  - labels: { level: , user: name }
  - structured_metadata: { trace_id: , pod: }
  - labeldrop: [stream]
  - labelallow: [app]
  - static_labels: { team: a }
  - output: { source: msg }
  - tenant: { label: namespace }
  - pack: {}
  - decolorize:
`);
    expect(loaded.ok && loaded.config.stages).toEqual([
      { cri: {} },
      { docker: {} },
      { json: { expressions: { level: 'level', user: 'a.b', '"x.y"': '"x.y"' }, drop_malformed: false } },
      { logfmt: { mapping: { app: 'app' }, source: 'level' } },
      { labels: { level: 'level', user: 'name' } },
      { structured_metadata: { trace_id: 'trace_id', pod: 'pod' } },
      { labeldrop: ['stream'] },
      { labelallow: ['app'] },
      { static_labels: { team: 'a' } },
      { output: { source: 'msg' } },
      { tenant: { label: 'namespace' } },
      { pack: { labels: [], ingest_timestamp: false } },
      { decolorize: {} },
    ]);
  });

  it('warns of those that are built in', () => {
    const nested = '  - match: { selector: "{app=\\"a\\"}", stages: [{ level: {} }, { cri: }] }\n';
    const loaded = load(`  - cri: { max_partial_lines: 100 }\n  - docker:\n${nested}`);
    expect(loaded.ok && loaded.warnings.map(formatProblem)).toEqual([
      'f.yaml:3:10 stages[0].cri: has no effect: it is built in, for the logs of every runtime',
      'f.yaml:4:5 stages[1].docker: has no effect: it is built in, for the logs of every runtime',
      'f.yaml:5:65 stages[2].match.stages[1].cri: has no effect: it is built in, for the logs of every runtime',
    ]);
  });

  it.each([
    [
      'json: {}',
      'expressions: missing, add it: What is extracted: the name of a value, and where it stands, in JMESPath; empty: the field of that name.',
    ],
    ['json: { expressions: {} }', 'expressions: empty, write at least one name'],
    ['json: { expressions: { a: b. } }', 'expressions.a: not an expression of JMESPath: Syntax error, unexpected token: (EOF)'],
    [
      'json: { expressions: { x-y: } }',
      'expressions.x-y: not an expression of JMESPath: an operator that JMESPath does not have, put names like "request-id" in double quotes',
    ],
    ['json: { expressions: { a: pad_left(a) } }', 'expressions.a: not an expression of JMESPath: pad_left is no function of JMESPath'],
    [`json: { expressions: { a: ${'x'.repeat(257)} } }`, 'expressions.a: too long, write at most 256 bytes'],
    ['json: { expressions: { a: }, source: "" }', 'source: empty, write the name of a value'],
    ['logfmt: { mapping: }', 'mapping: found nothing, want a mapping of names to values'],
    ['labels: { x-y: }', 'x-y: not a label name, write letters, digits and _ only and no digit first, like x_y'],
    ['labels: { __tenant_id__: }', '__tenant_id__: label names that begin with __ are reserved by Loki, write another name'],
    ['structured_metadata: { gap: }', 'gap: a name that logferry gives to metadata of its own, write another name'],
    ['labeldrop: []', ': an empty list, write at least one label'],
    ['static_labels: { a: "" }', 'a: empty text, write at least one character'],
    ['output: {}', 'source: missing, add it: Name of the extracted value that becomes the line.'],
    ['tenant: {}', ': write one of source, label and value'],
    ['tenant: { source: a, value: b }', ': write one of source, label and value'],
    [
      'pack: { ingest_timestamp: true }',
      'ingest_timestamp: an entry keeps its time, since that of its reading would be another one after a restart, and the store would keep both: write false',
    ],
    ['decolorize: { x: 1 }', 'x: unknown key, remove it; no key is known here'],
  ])('%s', (stage, want) => {
    const [problem, ...others] = problemsOf(`${OUTPUTS}\nstages: [{ ${stage} }]\n`);
    expect(others).toEqual([]);
    expect(problem?.replace(/^f\.yaml:2:\d+ stages\[0\]\.\w+\.?/, '')).toBe(want);
  });
});

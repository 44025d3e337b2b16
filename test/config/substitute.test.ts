import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { substitute } from '../../agent/config/substitute.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

const ENV = { A: 'a', EMPTY: '', DOLLAR: '${A}', NUMBER: '7', FLAG: 'false', NASTY: 'x: y # [z]\nw: v' };

describe(substitute, () => {
  it.each([
    ['${A}', 'a'],
    ['-${A}-${A}-', '-a-a-'],
    ['${A:-b}', 'a'],
    ['${NONE:-b}', 'b'],
    ['${NONE:-}', ''],
    ['${EMPTY}', ''],
    ['${EMPTY:-b}', 'b'],
    ['${NONE:-http://x:1/y?z=$A}', 'http://x:1/y?z=$A'],
    ['${DOLLAR}', '${A}'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$${', '${'],
  ])('%s is %s', (text, wanted) => {
    expect(substitute(text, ENV)).toEqual({ text: wanted, faults: [] });
  });

  it.each(['', 'a', '$A', '$', '$$', '{A}', '$ {A}'])('leaves %j alone', (text) => {
    expect(substitute(text, ENV)).toBeNull();
  });

  it.each([
    ['${NONE}', ['the environment variable NONE is not set, set it or write ${NONE:-default}']],
    ['${toString}', ['the environment variable toString is not set, set it or write ${toString:-default}']],
    ['${}', ['${} is not understood, write ${NAME} or ${NAME:-default}, or $${ for the characters ${']],
    ['${1A}', ['${1A} is not understood, write ${NAME} or ${NAME:-default}, or $${ for the characters ${']],
    ['${A', ['${A is not understood, write ${NAME} or ${NAME:-default}, or $${ for the characters ${']],
    ['${A-b}', ['${A-b} is not understood, write ${NAME} or ${NAME:-default}, or $${ for the characters ${']],
    ['${A:-${B}}', ['${A:-${B} is not understood, write ${NAME} or ${NAME:-default}, or $${ for the characters ${']],
  ])('refuses %s', (text, messages) => {
    expect(substitute(text, ENV)?.faults.map(({ message }) => message)).toEqual(messages);
  });
});

/** What comes of a file with these lines: the configuration or its problems. */
function load(text: string): unknown {
  const loaded = parseConfig('f.yaml', `${OUTPUTS}\n${text}\n`, { env: ENV, hostname: 'h' });
  return loaded.ok ? loaded.config : loaded.problems;
}

describe('substitution in a file', () => {
  it('gives an unquoted value its type again, and leaves a quoted one text', () => {
    expect(load('checkpoint: {interval_seconds: "x"}\n')).toMatchObject([{ key: 'checkpoint.interval_seconds' }]);
    expect(load('checkpoint:\n  interval_seconds: ${NUMBER}')).toMatchObject({ checkpoint: { interval_seconds: 7 } });
    expect(load('checkpoint:\n  interval_seconds: ${NUMBER}.${NUMBER}')).toMatchObject({ checkpoint: { interval_seconds: 7.7 } });
    expect(load('kubernetes:\n  enabled: ${FLAG}')).toMatchObject({ kubernetes: { enabled: false } });
    expect(load('cluster: "${NUMBER}"')).toMatchObject({ cluster: '7' });
    expect(load("cluster: '${NUMBER}'")).toMatchObject({ cluster: '7' });
    expect(load('cluster: !!str ${NUMBER}')).toMatchObject({ cluster: '7' });
    expect(load('cluster: >-\n  ${NUMBER}\n  ${A}')).toMatchObject({ cluster: '7 a' });
  });

  it('never creates structure', () => {
    expect(load('cluster: ${NASTY}')).toMatchObject({ cluster: ENV.NASTY });
    expect(load('cluster: "${NASTY}"')).toMatchObject({ cluster: ENV.NASTY });
  });

  it('leaves comments and keys alone', () => {
    expect(load('# ${NONE}\ncluster: a # ${NONE}')).toMatchObject({ cluster: 'a' });
    expect(problemsOf(`${OUTPUTS}\nserver: {"\${A}": b}`, ENV)).toEqual([
      'f.yaml:2:10 server.${A}: unknown key, remove it; known here: listen',
    ]);
  });

  it.each([
    ['cluster: x${NONE}', ['f.yaml:2:11 cluster: the environment variable NONE is not set, set it or write ${NONE:-default}']],
    [
      'limits:\n  drain_seconds: ${NONE}',
      ['f.yaml:3:18 limits.drain_seconds: the environment variable NONE is not set, set it or write ${NONE:-default}'],
    ],
    ['cluster: |\n  a\n  ${NONE}', ['f.yaml:4:3 cluster: the environment variable NONE is not set, set it or write ${NONE:-default}']],
    [
      'cluster: "${NONE} ${NONE}"',
      [
        'f.yaml:2:11 cluster: the environment variable NONE is not set, set it or write ${NONE:-default}',
        'f.yaml:2:19 cluster: the environment variable NONE is not set, set it or write ${NONE:-default}',
      ],
    ],
    ['cluster: "\\u0024{NONE}"', ['f.yaml:2:10 cluster: the environment variable NONE is not set, set it or write ${NONE:-default}']],
    [
      'clustr: ${NONE}',
      [
        'f.yaml:2:1 clustr: unknown key, did you mean cluster?',
        'f.yaml:2:9 clustr: the environment variable NONE is not set, set it or write ${NONE:-default}',
      ],
    ],
    ['cluster: ${EMPTY}', ['f.yaml:2:10 cluster: found nothing, want text']],
  ])('says where a variable is missing: %j', (text, problems) => {
    expect(problemsOf(`${OUTPUTS}\n${text}\n`, ENV)).toEqual(problems);
  });
});

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { parseYaml, resolvePlain } from '../../agent/config/yaml.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

describe(parseYaml, () => {
  it.each([
    ['', ['f.yaml: holds no settings, write at least `outputs`']],
    ['# nothing\n', ['f.yaml: holds no settings, write at least `outputs`']],
    ['text', ['f.yaml:1:1: found the text "text", want a mapping of keys to values']],
    ['- a', ['f.yaml:1:1: found a list, want a mapping of keys to values']],
    ['null', ['f.yaml:1:1: found nothing, want a mapping of keys to values']],
    ['a: "b', ['f.yaml:1:6: not valid YAML: Missing closing "quote']],
    ['a:\n\t- b', ['f.yaml:2:1: not valid YAML: Tabs are not allowed as indentation; indent with spaces']],
    ['a: @b', ['f.yaml:1:4: not valid YAML: Plain value cannot start with reserved character @; put quotes around it']],
    ['a: b\n---\nc: d', ['f.yaml:2:1: not valid YAML: a second YAML document begins here, keep one in the file']],
    ['a: !secret b', ['f.yaml:1:4: not valid YAML: Unresolved tag: !secret; remove the tag']],
    [
      'a: b: c',
      [
        'f.yaml:1:4: not valid YAML: Nested mappings are not allowed in compact mappings; check the indentation, and put quotes around a value that holds a colon and a space',
      ],
    ],
    [
      'a: [${B}]',
      ['f.yaml:1:6: not valid YAML: Missing , or : between flow sequence items; inside [ ] or { } put quotes around "${NAME}"'],
    ],
    [
      'aa\nbb: }\ncc: }',
      [
        'f.yaml:1:1: not valid YAML: Implicit keys need to be on a single line',
        'f.yaml:2:5: not valid YAML: Unexpected flow-map-end token in YAML stream: "}"',
        'f.yaml:3:1: not valid YAML: Unexpected scalar token in YAML stream: "cc"',
      ],
    ],
  ])('%j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('reports no more than ten lines of a file that is no YAML', () => {
    expect(problemsOf('a: }\n'.repeat(1000))).toHaveLength(10);
  });

  it.each([
    ['cluster: a\ncluster: b', ['f.yaml:3:1 cluster: given twice in the same mapping, remove one']],
    ['__proto__: {}', ['f.yaml:2:1 __proto__: not a usable name, write another']],
    ['labels: {static: {__proto__: x}}', ['f.yaml:2:19 labels.static.__proto__: not a usable name, write another']],
    ['cluster: *none', ['f.yaml:2:10 cluster: the alias *none has no anchor before it, write &none where the value is first given']],
    [
      'containers: {allowed_roots: &a [*a]}',
      ['f.yaml:2:33 containers.allowed_roots[0]: the alias *a has no anchor before it, write &a where the value is first given'],
    ],
    [
      'server: {[a]: b}',
      [
        'f.yaml:2:10 server.[a]: a list, mapping or alias as a key, write a plain name',
        'f.yaml:2:10 server.[a]: unknown key, remove it; known here: listen',
      ],
    ],
  ])('after valid outputs: %j', (text, problems) => {
    expect(problemsOf(`${OUTPUTS}\n${text}\n`)).toEqual(problems);
  });

  it('gives an alias the value of its anchor, and its problems the place of the anchor', () => {
    const text = `${OUTPUTS}\ncluster: &c eu\nlabels: {static: {zone: *c}}\nstate_dir: &d data\ncontainers: {log_dir: *d}\n`;
    expect(problemsOf(text)).toEqual([
      'f.yaml:4:15 state_dir: not an absolute path, write one that begins with /',
      'f.yaml:4:15 containers.log_dir: not an absolute path, write one that begins with /',
    ]);
  });

  it('takes aliases of aliases of aliases without growing', () => {
    const levels = Array.from({ length: 30 }, (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index}, `.repeat(10)}]`);
    const bomb = ['l0: &l0 [x]', ...levels].join('\n');
    const problems = problemsOf(`${OUTPUTS}\n${bomb}\ncontainers: {allowed_roots: *l30}`);
    expect(problems).toHaveLength(31 + 10);
    expect(problems.at(-11)).toBe('f.yaml:31:11 containers.allowed_roots[0]: found a list, want text');
  });

  it('follows YAML 1.2 whatever the file declares, and knows no merge keys', () => {
    const loaded = parseConfig('f', `%YAML 1.1\n---\n${OUTPUTS}\ncluster: 2001-01-01\nnode_name: yes\n`, { env: {}, hostname: 'h' });
    expect(loaded).toMatchObject({ ok: true, config: { cluster: '2001-01-01', node_name: 'yes' } });
    expect(problemsOf(`${OUTPUTS}\nserver: {<<: {listen: ":1"}}`)).toEqual([
      'f.yaml:2:10 server.<<: unknown key, remove it; known here: listen',
    ]);
  });
});

describe(resolvePlain, () => {
  it.each([
    ['5', 5],
    ['-0.5', -0.5],
    ['0x10', 16],
    ['true', true],
    ['yes', 'yes'],
    ['', null],
    ['null', null],
    ['text', 'text'],
    ['a: b', 'a: b'],
    ['- a', '- a'],
    ['[a, b]', '[a, b]'],
    ['{a: b}', '{a: b}'],
    ['"5"', '"5"'],
    ['5 # comment', '5 # comment'],
    ['# comment', '# comment'],
    [' 5', ' 5'],
    ['5\n', '5\n'],
    ['a\n---\nb', 'a\n---\nb'],
    ['---', '---'],
    ['%YAML 1.1', '%YAML 1.1'],
    ['!!int 5', '!!int 5'],
    ['&a 5', '&a 5'],
    ['*a', '*a'],
    ['|', '|'],
    ['\u0000', '\u0000'],
  ])('%j', (text, value) => {
    expect(resolvePlain(text)).toEqual(value);
  });
});

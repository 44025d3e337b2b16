import { expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { loadJmesPath } from '../../agent/handling/load-jmespath.ts';

test.each([
  ['[]', false],
  ['[{ json: { expressions: { a: , b: c.d } } }]', false],
  ['[{ level: {} }, { json: { expressions: { a: , b: "c[0]" } } }]', true],
  [`[{ match: { selector: '{app="a"}', stages: [{ json: { expressions: { a: } } }] } }]`, false],
  [`[{ match: { selector: '{app="a"}', stages: [{ json: { expressions: { a: length(b) } } }] } }]`, true],
])('JMESPath is loaded where an expression is more than a path: %s', async (stages, isLoaded) => {
  const outputs = 'outputs: [{ name: a, type: loki, url: "http://a/push" }]';
  const loaded = parseConfig('f.yaml', `${outputs}\nstages: ${stages}`, { env: {}, hostname: 'a' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const compile = await loadJmesPath(loaded.config.stages);
  expect(compile !== null).toBe(isLoaded);
});

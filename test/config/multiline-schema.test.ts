import { describe, expect, test } from 'vitest';
import { goDuration } from '../../agent/runtime/go-duration.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { maxWaitSeconds } from '../../agent/config/max-wait-seconds.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

function stagesOf(stages: string): unknown {
  const loaded = parseConfig('f.yaml', `${OUTPUTS}\nstages: ${stages}`, { env: {}, hostname: 'host-1' });
  return loaded.ok ? loaded.config.stages : loaded.problems;
}

describe('multiline', () => {
  test('has defaults, and takes its time as Promtail writes it', () => {
    expect(stagesOf('[multiline: {rules: [java, go]}]')).toEqual([{ multiline: { rules: ['java', 'go'], max_lines: 128 } }]);
    expect(stagesOf('[multiline: {rules: [java], max_wait_time: 1500ms, max_lines: 7}]')).toEqual([
      { multiline: { rules: ['java'], max_wait_time: '1500ms', max_lines: 7 } },
    ]);
  });

  test('waits 3 s by default', () => {
    const config = { rules: ['go' as const], max_lines: 128 };
    expect(maxWaitSeconds(config)).toBe(3);
    expect(maxWaitSeconds({ ...config, max_wait_seconds: 7 })).toBe(7);
    expect(maxWaitSeconds({ ...config, max_wait_time: '1500ms' })).toBe(1.5);
  });

  test('says what is wrong', () => {
    const text = `${OUTPUTS}
stages:
  - multiline: {rules: [jave], max_lines: 0}
  - multiline: {rules: []}
  - multiline: {rules: [go], max_wait_time: 3 s, max_wait_seconds: 61}
  - multiline: {rules: [go], max_wait_time: 3s, max_wait_seconds: 3}
  - multiline: {}
  - multiline: {firstline: "^(", rules: [go]}
  - multiline: {firstline: "^x", rules: [go]}
`;
    expect(problemsOf(text)).toEqual([
      'f.yaml:3:25 stages[0].multiline.rules[0]: found the text "jave", want one of java, python, go, ruby, node, dotnet; did you mean java?',
      'f.yaml:3:43 stages[0].multiline.max_lines: the number 0 is too small, write at least 1',
      'f.yaml:4:24 stages[1].multiline.rules: an empty list, write at least one of java, python, go, ruby, node, dotnet',
      'f.yaml:5:45 stages[2].multiline.max_wait_time: not a time from 100ms to 60s, write one like 3s',
      'f.yaml:5:68 stages[2].multiline.max_wait_seconds: the number 61 is too large, write at most 60',
      'f.yaml:6:45 stages[3].multiline.max_wait_time: max_wait_seconds says that, remove one of the two',
      'f.yaml:7:16 stages[4].multiline: does not say which lines are one record, write firstline or rules',
      'f.yaml:8:28 stages[5].multiline.firstline: has a ( without its ), write \\( for a parenthesis',
      'f.yaml:9:41 stages[6].multiline.rules: firstline says that, remove one of the two',
    ]);
  });

  test('comes first', () => {
    const text = `${OUTPUTS}
stages:
  - level: {}
  - multiline: {rules: [go]}
`;
    expect(problemsOf(text)).toEqual(['f.yaml:4:16 stages[1].multiline: lines are joined before anything else, put it before level']);
    const twice = `${OUTPUTS}
stages:
  - multiline: {rules: [go]}
  - multiline: {rules: [java]}
`;
    expect(problemsOf(twice)).toEqual(['f.yaml:4:16 stages[1].multiline: lines are joined once, remove one of the two']);
  });

  test('may stand first in a match, behind which others may stand', () => {
    const text = `${OUTPUTS}
stages:
  - cri: {}
  - match: {selector: '{app="a"}', stages: [multiline: {rules: [java]}, level: {}]}
  - match: {selector: '{app="b"}', stages: [match: {selector: '{stream="stderr"}', stages: [multiline: {rules: [go]}]}]}
`;
    expect(problemsOf(text)).toEqual([]);
  });

  test('may not stand in a match that comes too late, or looks at single lines', () => {
    const text = `${OUTPUTS}
stages:
  - match: {selector: '{app="a"} |= "x"', stages: [multiline: {rules: [java]}]}
  - match: {selector: '{app="b"}', stages: [level: {}, multiline: {rules: [java]}]}
  - level: {}
  - match: {selector: '{app="c"}', stages: [multiline: {rules: [java]}]}
  - multiline: {rules: [go]}
`;
    expect(problemsOf(text)).toEqual([
      'f.yaml:3:23 stages[0].match.selector: looks at single lines, which multiline joins: leave the line filters out',
      'f.yaml:4:67 stages[1].match.stages[1].multiline: lines are joined before anything else, put it before level',
      'f.yaml:6:12 stages[3].match: lines are joined before anything else, put it before level',
      'f.yaml:7:16 stages[4].multiline: lines are joined before anything else, put it before match',
    ]);
  });
});

test.each([
  ['3s', 3],
  ['1m30s', 90],
  ['500ms', 0.5],
  ['1.5h', 5400],
  ['.5s', 0.5],
  ['', null],
  ['3', null],
  ['3 s', null],
  ['-3s', -3],
  ['3d', null],
])('%j in Go is %j seconds', (text, seconds) => expect(goDuration(text)).toBe(seconds));
